"""What the standing office tells units: guidance, praise, notices, with files, an audience and receipts. A feature slice."""
