"""JSON for other programs: one module of handlers per noun, wire types as msgspec Structs."""
