"""The API: the same acts through the same doors, for programs. Each noun and each act is described once."""
