declare module "virtual:qix-schema" {
  const schema: object;
  export default schema;
}
declare module "@nebula.js/sn-bar-chart";
declare module "@nebula.js/sn-line-chart";
declare module "@nebula.js/sn-pie-chart";
declare module "@nebula.js/sn-table";
declare module "@nebula.js/sn-kpi";
