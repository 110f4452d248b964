"""Devices an operator steers with. What they are and do is told in the words of `domain.joystick`."""
