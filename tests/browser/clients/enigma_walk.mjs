// Opens an app with unmodified enigma.js and an API key, as any other program would.
// node enigma_walk.mjs <ws url> <app id> <api key>; packages are found from the working directory.
// Prints one JSON object: the names of the fields, and a hypercube before and after selecting carrier UA.
import { createRequire } from "node:module";

const [url, appId, key] = process.argv.slice(2);
const require = createRequire(`${process.cwd()}/`);
const enigma = require("enigma.js");
const schema = require("enigma.js/schemas/12.2027.0.json");
const WebSocket = require("ws");

const session = enigma.create({
  schema,
  url,
  createSocket: (address) => new WebSocket(address, { headers: { Authorization: `Bearer ${key}` } }),
});

const global = await session.open();
const app = await global.openDoc(appId);

const list = await app.createSessionObject({ qInfo: { qType: "FieldList" }, qFieldListDef: {} });
const fields = (await list.getLayout()).qFieldList.qItems.map((item) => item.qName);

const cube = await app.createSessionObject({
  qInfo: { qType: "cube" },
  qHyperCubeDef: {
    qDimensions: [{ qDef: { qFieldDefs: ["carrier"] } }],
    qMeasures: [{ qDef: { qDef: "Count(flight)" } }, { qDef: { qDef: "Avg(dep_delay)" } }],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 3, qHeight: 100 }],
  },
});
const rowsOf = async () => (await cube.getLayout()).qHyperCube.qDataPages[0].qMatrix;
const rows = await rowsOf();

const changed = new Promise((resolve) => cube.on("changed", resolve));
const field = await app.getField("carrier");
await field.selectValues([{ qText: "UA" }]);
await changed;
const afterSelecting = await rowsOf();

const closed = new Promise((resolve) => session.on("closed", resolve));
await session.close();
await closed;

process.stdout.write(JSON.stringify({ fields, rows, after_selecting_UA: afterSelecting }));
