/** The vendor's client comes without types. */
declare module "@zohocrm/nodejs-sdk-8.0" {
  const sdk: any;
  export = sdk;
}
