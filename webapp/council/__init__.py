"""Hội đồng Thi đua - Khen thưởng: its founding, seats, what each member looks after in a year, who sits for whom."""
