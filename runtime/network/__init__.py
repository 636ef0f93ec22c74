"""Connections between nodes: transport, encryption, handshake, wire format, and the table of peers."""
