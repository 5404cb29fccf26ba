"""Every method of the nine classes that clients know, what it takes, what it answers and what right it needs.

One line a method: need, name, parameters with their kind, names of the results (none: nothing, or qReturn).
Names are those of schema 12.2027.0. Needs are explained in engine.qix.rights, kinds in engine.qix.schema.
A method is refused unless it stands here; standing here does not mean that it is implemented.
"""

METHODS = """\
Global
  inform  AbortRequest(qRequestId:whole)
  inform  AbortAll()
  inform  GetProgress(qRequestId:whole) -> qProgressData
  inform  QvVersion()
  inform  OSVersion()
  inform  OSName()
  inform  QTProduct()
  see     GetDocList() -> qDocList
  inform  GetInteract(qRequestId:whole) -> qDef
  inform  InteractDone(qRequestId:whole, qDef:object)
  inform  GetAuthenticatedUser()
  apps    CreateDocEx(qDocName:text, qUserName:text, qPassword:text, qSerial:text, qLocalizedScriptMainSection:text)
            -> qDocId
  see     GetActiveDoc()
  inform  AllowCreateApp()
  apps    CreateApp(qAppName:text, qLocalizedScriptMainSection:text, qLocale:text) -> qSuccess qAppId
  apps    DeleteApp(qAppId:text) -> qSuccess
  inform  IsDesktopMode()
  inform  GetConfiguration() -> qConfig
  inform  CancelRequest(qRequestId:whole)
  never   ShutdownProcess()
  inform  ReloadExtensionList()
  take    ReplaceAppFromID(qTargetAppId:text, qSrcAppID:text, qIds:list) -> qSuccess
  take    ReplaceAppFromPath(qTargetAppId:text, qSrcPath:text, qIds:list, qNoData:yes)
  take    CopyApp(qTargetAppId:text, qSrcAppId:text, qIds:list) -> qSuccess
  apps    ImportApp(qAppId:text, qSrcPath:text, qIds:list) -> qSuccess
  apps    ImportAppEx(qAppId:text, qSrcPath:text, qIds:list, qExcludeConnections:yes)
  take    ExportApp(qTargetPath:text, qSrcAppId:text, qIds:list, qNoData:yes) -> qSuccess
  apps    PublishApp(qAppId:text, qName:text, qStreamId:text)
  inform  IsPersonalMode()
  inform  GetUniqueID() -> qUniqueID
  see     OpenDoc(qDocName:text, qUserName:text, qPassword:text, qSerial:text, qNoData:yes)
  see     CreateSessionApp() -> qSessionAppId
  take    CreateSessionAppFromApp(qSrcAppId:text) -> qSessionAppId
  inform  ProductVersion()
  see     GetAppEntry(qAppID:text) -> qEntry
  data    ConfigureReload(qCancelOnScriptError:yes, qUseErrorData:yes, qInteractOnError:yes)
  data    CancelReload(qReason:text)
  inform  GetBNF(qBnfType:any) -> qBnfDefs
  inform  GetFunctions(qGroup:any) -> qFunctions
  never   GetOdbcDsns() -> qOdbcDsns
  never   GetOleDbProviders() -> qOleDbProviders
  never   GetDatabasesFromConnectionString(qConnection:object) -> qDatabases
  never   IsValidConnectionString(qConnection:object)
  never   GetDefaultAppFolder() -> qPath
  never   GetMyDocumentsFolder() -> qFolder
  never   GetLogicalDriveStrings() -> qDrives
  never   GetFolderItemsForPath(qPath:text) -> qFolderItems
  inform  GetSupportedCodePages() -> qCodePages
  inform  GetCustomConnectors(qReloadList:yes) -> qConnectors
  inform  GetStreamList() -> qStreamList
  inform  EngineVersion() -> qVersion
  inform  GetBaseBNF(qBnfType:any) -> qBnfDefs qBnfHash
  inform  GetBaseBNFHash(qBnfType:any) -> qBnfHash
  inform  GetBaseBNFString(qBnfType:any) -> qBnfStr qBnfHash
  take    SaveAs(qNewAppName:text) -> qNewAppId
Doc
  view    GetSheetObject(qObjectId:text)
  view    GetField(qFieldName:text, qStateName:text)
  view    GetFieldDescription(qFieldName:text)
  view    GetVariable(qName:text)
  view    GetLooselyCoupledVector() -> qv
  edit    SetLooselyCoupledVector(qv:list)
  values  Evaluate(qExpression:text)
  values  EvaluateEx(qExpression:text) -> qValue
  view    ClearAll(qLockedAlso:yes, qStateName:text)
  view    LockAll(qStateName:text)
  view    UnlockAll(qStateName:text)
  view    Back()
  view    Forward()
  edit    CreateVariable(qName:text)
  edit    RemoveVariable(qName:text)
  inform  GetLocaleInfo()
  view    GetTablesAndKeys(qWindowSize:object, qNullSize:object, qCellHeight:whole, qSyntheticMode:yes,
            qIncludeSysVars:yes, qIncludeProfiling:yes) -> qtr qk
  view    GetViewDlgSaveInfo()
  edit    SetViewDlgSaveInfo(qInfo:object)
  inform  GetEmptyScript(qLocalizedMainSection:text)
  data    DoReload(qMode:any, qPartial:yes, qDebug:yes)
  data    GetScriptBreakpoints() -> qBreakpoints
  data    SetScriptBreakpoints(qBreakpoints:list)
  data    GetScript() -> qScript
  data    GetTextMacros() -> qMacros
  data    SetFetchLimit(qLimit:whole)
  edit    DoSave(qFileName:text)
  detail  GetTableData(qOffset:whole, qRows:whole, qSyntheticMode:yes, qTableName:text) -> qData
  view    GetAppLayout() -> qLayout
  edit    SetAppProperties(qProp:object)
  view    GetAppProperties() -> qProp
  data    GetLineage() -> qLineage
  private CreateSessionObject(qProp:object)
  private DestroySessionObject(qId:text) -> qSuccess
  keep    CreateObject(qProp:object) -> qInfo
  own     DestroyObject(qId:text) -> qSuccess
  view    GetObject(qId:text)
  view    GetObjects(qOptions:object) -> qList
  view    GetBookmarks(qOptions:object) -> qList
  take    CloneObject(qId:text) -> qCloneId
  edit    CreateDraft(qId:text) -> qDraftId
  edit    CommitDraft(qId:text)
  edit    DestroyDraft(qId:text, qSourceId:text) -> qSuccess
  edit    Undo() -> qSuccess
  edit    Redo() -> qSuccess
  private ClearUndoBuffer()
  edit    CreateDimension(qProp:object) -> qInfo
  edit    DestroyDimension(qId:text) -> qSuccess
  view    GetDimension(qId:text)
  take    CloneDimension(qId:text) -> qCloneId
  edit    CreateMeasure(qProp:object) -> qInfo
  edit    DestroyMeasure(qId:text) -> qSuccess
  view    GetMeasure(qId:text)
  take    CloneMeasure(qId:text) -> qCloneId
  private CreateSessionVariable(qProp:object)
  private DestroySessionVariable(qId:text) -> qSuccess
  edit    CreateVariableEx(qProp:object) -> qInfo
  edit    DestroyVariableById(qId:text) -> qSuccess
  edit    DestroyVariableByName(qName:text) -> qSuccess
  view    GetVariableById(qId:text)
  view    GetVariableByName(qName:text)
  data    MigrateVariables()
  data    MigrateDerivedFields()
  inform  CheckExpression(qExpr:text, qLabels:list) -> qErrorMsg qBadFieldNames qDangerousFieldNames
  inform  CheckNumberOrExpression(qExpr:text) -> qErrorMsg qBadFieldNames
  edit    AddAlternateState(qStateName:text)
  edit    RemoveAlternateState(qStateName:text)
  private AddSessionAlternateState(qStateName:text, qSourceStateName:text)
  private RemoveSessionAlternateState(qStateName:text) -> qSuccess
  keep    CreateBookmark(qProp:object) -> qInfo
  own     DestroyBookmark(qId:text) -> qSuccess
  view    GetBookmark(qId:text)
  view    ApplyBookmark(qId:text) -> qSuccess
  view    ApplyAndVerifyBookmark(qId:text) -> qResult
  take    CloneBookmark(qId:text) -> qCloneId
  data    AddFieldFromExpression(qName:text, qExpr:text) -> qSuccess
  view    GetFieldOnTheFlyByName(qReadableName:text) -> qName
  view    GetAllInfos() -> qInfos
  view    Resume()
  view    AbortModal(qAccept:yes)
  edit    Publish(qStreamId:text, qName:text)
  edit    UnPublish()
  view    GetMatchingFields(qTags:list, qMatchingFieldMode:any) -> qFieldNames
  view    FindMatchingFields(qFieldName:text, qTags:list) -> qFieldNames
  take    Scramble(qFieldName:text)
  edit    SaveObjects()
  view    GetAssociationScores(qTable1:text, qTable2:text) -> qScore
  view    GetMediaList() -> qList
  data    GetContentLibraries() -> qList
  data    GetLibraryContent(qName:text) -> qList
  data    DoReloadEx(qParams:object) -> qResult
  view    BackCount()
  view    ForwardCount()
  take    ExportReducedData(qOptions:object) -> qDownloadInfo
  view    GetSetAnalysis(qStateName:text, qBookmarkId:text) -> qSetExpression
  data    SetScript(qScript:text)
  data    CheckScriptSyntax() -> qErrors
  view    GetFavoriteVariables() -> qNames
  edit    SetFavoriteVariables(qNames:list)
  data    GetIncludeFileContent(qPath:text) -> qContent
  data    CreateConnection(qConnection:object) -> qConnectionId
  data    ModifyConnection(qConnectionId:text, qConnection:object, qOverrideCredentials:yes)
  data    DeleteConnection(qConnectionId:text)
  data    GetConnection(qConnectionId:text) -> qConnection
  data    GetConnections() -> qConnections
  data    GetDatabaseInfo(qConnectionId:text) -> qInfo
  data    GetDatabases(qConnectionId:text) -> qDatabases
  data    GetDatabaseOwners(qConnectionId:text, qDatabase:text) -> qOwners
  data    GetDatabaseTables(qConnectionId:text, qDatabase:text, qOwner:text) -> qTables
  data    GetDatabaseTableFields(qConnectionId:text, qDatabase:text, qOwner:text, qTable:text) -> qFields
  data    GetDatabaseTablePreview(qConnectionId:text, qDatabase:text, qOwner:text, qTable:text, qConditions:object)
            -> qPreview qRowCount
  data    GetFolderItemsForConnection(qConnectionId:text, qRelativePath:text) -> qFolderItems
  data    GuessFileType(qConnectionId:text, qRelativePath:text) -> qDataFormat
  data    GetFileTables(qConnectionId:text, qRelativePath:text, qDataFormat:object) -> qTables
  data    GetFileTableFields(qConnectionId:text, qRelativePath:text, qDataFormat:object, qTable:text) -> qFields
            qFormatSpec
  data    GetFileTablePreview(qConnectionId:text, qRelativePath:text, qDataFormat:object, qTable:text) -> qPreview
            qFormatSpec
  data    GetFileTablesEx(qConnectionId:text, qRelativePath:text, qDataFormat:object) -> qTables
  data    SendGenericCommandToCustomConnector(qProvider:text, qCommand:text, qMethod:text, qParameters:list,
            qAppendConnection:text) -> qResult
  values  SearchSuggest(qOptions:object, qTerms:list) -> qResult
  values  SearchAssociations(qOptions:object, qTerms:list, qPage:object) -> qResults
  view    SelectAssociations(qOptions:object, qTerms:list, qMatchIx:whole, qSoftLock:any)
  values  SearchResults(qOptions:object, qTerms:list, qPage:object) -> qResult
  values  SearchObjects(qOptions:object, qTerms:list, qPage:object) -> qResult
  detail  GetFieldAndColumnSamples(qFieldsOrColumnsWithWildcards:list, qMaxNumberOfValues:whole, qRandSeed:whole) ->
            qResult
  data    GetScriptEx() -> qScript
  view    GetVariables(qListDef:object) -> qList
  values  ExpandExpression(qExpression:text) -> qExpandedExpression
  private DestroySessionVariableById(qId:text) -> qSuccess
  private DestroySessionVariableByName(qName:text) -> qSuccess
  edit    SetAppObjectSortingRank(qId:text, qRank:whole)
  view    GetActiveSheetId() -> qId
  view    GetLayoutProperties() -> qLayoutProp
  view    GetGroupStates() -> qGroupStates
  view    ApplyGroupStates(qGroupStates:list) -> qResult
  keep    CreateBookmarkEx(qProp:object, qObjectIdsToPatch:list) -> qInfo
  take    SaveAs(qNewAppName:text) -> qNewAppId
  private StoreTempSelectionState(qTTLOfTempState:whole) -> qId
  private RestoreTempSelectionState(qId:text)
  never   ChangeSessionAppOwner(qNewOwnerId:text) -> qSuccess
  never   ChangeSessionAppSpace(qSpaceId:text) -> qSuccess
  detail  GetTableProfileData(qTableName:text) -> qProfiling
  view    GetMeasureWithLabel(qLabel:text)
  values  SearchValues(qOptions:object, qTerms:list, qPage:object) -> qResult
  view    GetFieldsFromExpression(qExpr:text) -> qFieldNames
  data    GetFieldsResourceIds(qFieldNames:list) -> qFields
  data    UploadTable(qDomain:any, qDatasetId:text, qTableName:text, qFieldNames:list)
  inform  GetExpressionBNF() -> qBnfDefs qBnfHash
  inform  GetExpressionBNFHash() -> qBnfHash
  data    SetProhibitBinaryLoad(qProhibit:yes)
  take    TransformApp(qDstParameters:object) -> qResult
  private CreateTemporaryBookmark(qOptions:object, qObjectIdsToPatch:list) -> qId
  private ApplyTemporaryBookmark(qId:text)
  data    GetScriptMeta() -> qMeta
  edit    ReplaceBookmark(qId:text, qIgnorePatches:yes, qObjectIdsToPatch:list) -> qInfo
  private ClearAllSoftPatches()
  values  BulkRequest(qReqs:object) -> qBulkRes
  data    CommitScript(qCommitMessage:text)
GenericObject
  values  GetLayout() -> qLayout
  values  GetListObjectData(qPath:text, qPages:list) -> qDataPages
  values  GetHyperCubeData(qPath:text, qPages:list) -> qDataPages
  values  GetHyperCubeReducedData(qPath:text, qPages:list, qZoomFactor:number, qReductionMode:any) -> qDataPages
  values  GetHyperCubePivotData(qPath:text, qPages:list) -> qDataPages
  values  GetHyperCubeStackData(qPath:text, qPages:list, qMaxNbrCells:whole) -> qDataPages
  values  GetHyperCubeContinuousData(qPath:text, qOptions:object, qReverseSort:yes) -> qDataPages qAxisData
  values  GetHyperCubeTreeData(qPath:text, qNodeOptions:object) -> qNodes
  values  GetHyperCubeBinnedData(qPath:text, qPages:list, qViewport:object, qDataRanges:list, qMaxNbrCells:whole,
            qQueryLevel:whole, qBinningMethod:any) -> qDataPages
  soft    ApplyPatches(qPatches:list, qSoftPatch:yes)
  private ClearSoftPatches()
  own     SetProperties(qProp:object)
  view    GetProperties() -> qProp
  view    GetEffectiveProperties() -> qProp
  own     SetFullPropertyTree(qPropEntry:object)
  view    GetFullPropertyTree() -> qPropEntry
  view    GetInfo() -> qInfo
  view    ClearSelections(qPath:text, qColIndices:list)
  take    ExportData(qFileType:any, qPath:text, qFileName:text, qExportState:any, qServeOnce:yes) -> qUrl qWarnings
  take    StoreData(qFileType:any, qPath:text, qLibRef:text, qExportState:any, qParquetCompression:any) -> qUrl
            qWarnings
  view    SelectListObjectValues(qPath:text, qValues:list, qToggleMode:yes, qSoftLock:yes) -> qSuccess
  view    SelectListObjectPossible(qPath:text, qSoftLock:yes) -> qSuccess
  view    SelectListObjectExcluded(qPath:text, qSoftLock:yes) -> qSuccess
  view    SelectListObjectAlternative(qPath:text, qSoftLock:yes) -> qSuccess
  view    SelectListObjectAll(qPath:text, qSoftLock:yes) -> qSuccess
  view    SelectListObjectContinuousRange(qPath:text, qRanges:list, qSoftLock:yes) -> qSuccess
  view    SearchListObjectFor(qPath:text, qMatch:text) -> qSuccess
  view    AbortListObjectSearch(qPath:text)
  view    AcceptListObjectSearch(qPath:text, qToggleMode:yes, qSoftLock:yes)
  view    ExpandLeft(qPath:text, qRow:whole, qCol:whole, qAll:yes)
  view    ExpandTop(qPath:text, qRow:whole, qCol:whole, qAll:yes)
  view    CollapseLeft(qPath:text, qRow:whole, qCol:whole, qAll:yes)
  view    CollapseTop(qPath:text, qRow:whole, qCol:whole, qAll:yes)
  view    DrillUp(qPath:text, qDimNo:whole, qNbrSteps:whole)
  view    Lock(qPath:text, qColIndices:list)
  view    Unlock(qPath:text, qColIndices:list)
  view    SelectHyperCubeValues(qPath:text, qDimNo:whole, qValues:list, qToggleMode:yes) -> qSuccess
  view    SelectHyperCubeCells(qPath:text, qRowIndices:list, qColIndices:list, qSoftLock:yes,
            qDeselectOnlyOneSelected:yes) -> qSuccess
  view    SelectPivotCells(qPath:text, qSelections:list, qSoftLock:yes, qDeselectOnlyOneSelected:yes) -> qSuccess
  view    RangeSelectHyperCubeValues(qPath:text, qRanges:list, qColumnsToSelect:list, qOrMode:yes,
            qDeselectOnlyOneSelected:yes) -> qSuccess
  view    MultiRangeSelectHyperCubeValues(qPath:text, qRanges:list, qOrMode:yes, qDeselectOnlyOneSelected:yes) ->
            qSuccess
  view    MultiRangeSelectTreeDataValues(qPath:text, qRanges:list, qOrMode:yes, qDeselectOnlyOneSelected:yes) ->
            qSuccess
  view    SelectHyperCubeContinuousRange(qPath:text, qRanges:list, qSoftLock:yes) -> qSuccess
  view    GetChild(qId:text)
  view    GetParent()
  view    GetChildInfos() -> qInfos
  own     CreateChild(qProp:object, qPropForThis:any) -> qInfo
  own     DestroyChild(qId:text, qPropForThis:any) -> qSuccess
  own     DestroyAllChildren(qPropForThis:any)
  own     SetChildArrayOrder(qIds:list)
  view    GetLinkedObjects() -> qItems
  take    CopyFrom(qFromId:text)
  view    BeginSelections(qPaths:list)
  view    EndSelections(qAccept:yes)
  view    ResetMadeSelections()
  take    EmbedSnapshotObject(qId:text)
  view    GetSnapshotObject()
  edit    Publish()
  edit    UnPublish()
  edit    Approve()
  edit    UnApprove()
GenericDimension
  values  GetLayout() -> qLayout
  edit    ApplyPatches(qPatches:list)
  edit    SetProperties(qProp:object)
  view    GetProperties() -> qProp
  view    GetInfo() -> qInfo
  view    GetDimension() -> qDim
  view    GetLinkedObjects() -> qItems
  edit    Publish()
  edit    UnPublish()
  edit    Approve()
  edit    UnApprove()
  view    StepCycle(qStep:whole)
  view    SetActiveField(qIx:whole)
  view    GetActiveField()
GenericMeasure
  values  GetLayout() -> qLayout
  edit    ApplyPatches(qPatches:list)
  edit    SetProperties(qProp:object)
  view    GetProperties() -> qProp
  view    GetInfo() -> qInfo
  view    GetMeasure() -> qMeasure
  view    GetLinkedObjects() -> qItems
  edit    Publish()
  edit    UnPublish()
  edit    Approve()
  edit    UnApprove()
GenericBookmark
  values  GetFieldValues(qField:text, qGetExcludedValues:yes, qDataPage:object) -> qFieldValues
  values  GetLayout() -> qLayout
  own     ApplyPatches(qPatches:list)
  own     SetProperties(qProp:object)
  view    GetProperties() -> qProp
  view    GetInfo() -> qInfo
  view    Apply() -> qSuccess
  view    ApplyAndVerify() -> qResult
  edit    Publish()
  edit    UnPublish()
  edit    Approve()
  edit    UnApprove()
GenericVariable
  values  GetLayout() -> qLayout
  edit    ApplyPatches(qPatches:list)
  edit    SetProperties(qProp:object)
  view    GetProperties() -> qProp
  view    GetInfo() -> qInfo
  edit    SetStringValue(qVal:number)
  edit    SetNumValue(qVal:number)
  edit    SetDualValue(qText:text, qNum:number)
  view    GetRawContent()
Field
  view    GetCardinal()
  view    GetAndMode()
  view    SelectValues(qFieldValues:list, qToggleMode:yes, qSoftLock:yes)
  view    Select(qMatch:text, qSoftLock:yes, qExcludedValuesMode:any)
  view    ToggleSelect(qMatch:text, qSoftLock:yes, qExcludedValuesMode:any)
  view    ClearAllButThis(qSoftLock:yes)
  view    SelectPossible(qSoftLock:yes)
  view    SelectExcluded(qSoftLock:yes)
  view    SelectAll(qSoftLock:yes)
  view    Lock()
  view    Unlock()
  view    GetNxProperties() -> qProperties
  edit    SetNxProperties(qProperties:object)
  edit    SetAndMode(qAndMode:yes)
  view    SelectAlternative(qSoftLock:yes)
  view    LowLevelSelect(qValues:list, qToggleMode:yes, qSoftLock:yes)
  view    Clear()
Variable
  view    GetContent() -> qContent
  view    GetRawContent()
  edit    SetContent(qContent:text, qUpdateMRU:yes)
  edit    ForceContent(qs:text, qd:number)
  view    GetNxProperties() -> qProperties
  edit    SetNxProperties(qProperties:object)
"""
