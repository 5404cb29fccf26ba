// The part of QIX that this page speaks, as types. Names are the vendor's.

export interface Info {
  qId?: string;
  qType: string;
}

export interface ObjectInfo {
  qId: string;
  qType: string;
}

export interface EngineErrorInfo {
  qErrorCode: number;
  qExtendedMessage?: string;
}

export interface ColumnInfo {
  qFallbackTitle?: string;
  qError?: EngineErrorInfo;
}

export interface CubeLayout {
  qSize?: { qcx: number; qcy: number };
  qDimensionInfo?: ColumnInfo[];
  qMeasureInfo?: ColumnInfo[];
  qError?: EngineErrorInfo;
}

export interface ListLayout {
  qSize?: { qcx: number; qcy: number };
  qDimensionInfo?: ColumnInfo;
}

export interface ObjectLayout {
  qInfo: ObjectInfo;
  visualization?: string;
  title?: string;
  qHyperCube?: CubeLayout;
  qListObject?: ListLayout;
  [key: string]: unknown;
}

export interface DimensionDef {
  qDef: { qFieldDefs: string[]; qFieldLabels?: string[]; [key: string]: unknown };
  [key: string]: unknown;
}

export interface MeasureDef {
  qDef: { qDef: string; qLabel?: string; [key: string]: unknown };
  [key: string]: unknown;
}

export interface CubeDef {
  qDimensions: DimensionDef[];
  qMeasures: MeasureDef[];
  qInterColumnSortOrder?: number[];
  [key: string]: unknown;
}

export interface ObjectProperties {
  qInfo: Info;
  visualization?: string;
  title?: unknown;
  qHyperCubeDef?: CubeDef;
  qListObjectDef?: { qDef: DimensionDef["qDef"]; [key: string]: unknown };
  [key: string]: unknown;
}

export interface ListCell {
  qText: string;
  qNum: number | "NaN";
  qState: string;
}

export interface Evented {
  on(event: string, listener: (...values: never[]) => void): void;
  removeListener(event: string, listener: (...values: never[]) => void): void;
}

export interface GenericObject extends Evented {
  id: string;
  getLayout(): Promise<ObjectLayout>;
  getProperties(): Promise<ObjectProperties>;
  setProperties(properties: ObjectProperties): Promise<void>;
  createChild(properties: ObjectProperties): Promise<GenericObject>;
  destroyChild(id: string): Promise<boolean>;
  getListObjectData(path: string, pages: object[]): Promise<{ qMatrix: ListCell[][] }[]>;
}

export interface FieldValue {
  qText: string;
  qIsNumeric: boolean;
  qNumber: number;
}

export interface Field {
  selectValues(values: FieldValue[], toggle: boolean, softLock: boolean): Promise<boolean>;
  lock(): Promise<boolean>;
}

export interface Doc extends Evented {
  id: string;
  getObject(id: string): Promise<GenericObject>;
  getField(name: string): Promise<Field>;
  createObject(properties: object): Promise<GenericObject>;
  destroyObject(id: string): Promise<boolean>;
  createSessionObject(properties: object): Promise<GenericObject>;
  destroySessionObject(id: string): Promise<boolean>;
  getAppLayout(): Promise<{ qTitle?: string; qHasData?: boolean; qLastReloadTime?: string }>;
  checkExpression(text: string): Promise<{ qErrorMsg?: string; qBadFieldNames?: { qFrom: number; qCount: number }[] }>;
  doSave(): Promise<void>;
  createBookmark(properties: object): Promise<{ id: string }>;
  applyBookmark(id: string): Promise<boolean>;
  destroyBookmark(id: string): Promise<boolean>;
}

export interface Global {
  openDoc(id: string): Promise<Doc>;
}

export interface EngineSession extends Evented {
  open(): Promise<Global>;
  close(code?: number, reason?: string): Promise<void>;
}
