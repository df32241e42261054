/** Nothing was found out, for the reason of the message. */
export class Unchecked extends Error {}
