"""Functions that work on records while they are loaded: the parser says so where one stands in a chart's expression.

Each has the help page that says it is for load scripts only.
"""

from __future__ import annotations

SCRIPT_ONLY = {
    "ApplyMap": "ApplyMap - script function",
    "Attribute": "Attribute - script function",
    "AutoNumber": "AutoNumber - script function",
    "AutoNumberHash128": "AutoNumberHash128 - script function",
    "AutoNumberHash256": "AutoNumberHash256 - script function",
    "ConnectString": "ConnectString - script function",
    "Evaluate": "String functions: Evaluate can only be used in the data load script",
    "Exists": "Exists - script function",
    "FieldIndex": "FieldIndex - script function",
    "FieldName": "FieldName - script function",
    "FieldNumber": "FieldNumber - script function",
    "FieldElemNo": "FieldElemNo - script function",
    "FieldValue": "FieldValue - script function",
    "FieldValueCount": "FieldValueCount - script function",
    "FileBaseName": "FileBaseName - script function",
    "FileDir": "FileDir - script function",
    "FileExtension": "FileExtension - script function",
    "FileName": "FileName - script function",
    "FilePath": "FilePath - script function",
    "FileSize": "FileSize - script function",
    "FileTime": "FileTime - script function",
    "FirstValue": "FirstValue - script function",
    "GetFolderPath": "GetFolderPath - script function",
    "GetRegistryString": "GetRegistryString - script function",
    "IterNo": "IterNo - script function",
    "LastValue": "LastValue - script function",
    "LookUp": "LookUp - script function",
    "MapSubString": "MapSubString - script function",
    "NoOfFields": "NoOfFields - script function",
    "NoOfTables": "NoOfTables - script function",
    "Peek": "Peek - script function",
    "Previous": "Previous - script function",
    "QvdCreateTime": "QvdCreateTime - script function",
    "QvdFieldName": "QvdFieldName - script function",
    "QvdNoOfFields": "QvdNoOfFields - script function",
    "QvdNoOfRecords": "QvdNoOfRecords - script function",
    "QvdTableName": "QvdTableName - script function",
    "RecNo": "RecNo - script function",
    "TableName": "TableName - script function",
    "TableNumber": "TableNumber - script function",
    "Window": "Window - script function",
    "WRank": "WRank - script function",
}

BY_KEY = {name.lower(): name for name in SCRIPT_ONLY}
"""Their names by the same in lower case."""
