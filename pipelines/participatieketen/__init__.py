"""Follow residents through the participatieketen in both directions, and never show a person."""
