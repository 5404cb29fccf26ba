declare module "virtual:qix-schema" {
  const schema: object;
  export default schema;
}
declare module "@nebula.js/sn-*";
