"""The switchboard: wires the rooms, owns no behaviour."""
