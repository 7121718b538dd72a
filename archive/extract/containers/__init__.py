"""Files that hold files: zip archives, the packages of office files, OLE, electronic mail."""
