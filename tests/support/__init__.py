"""What tests share: throwaway databases, a small ward, a signed-in client, a real server, a browser."""
