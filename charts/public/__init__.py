"""What the world sees of published charts; runs in a process of its own (config.public) without the engine."""
