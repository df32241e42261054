/** What a request does, in the same words for every vendor. */
export const STEPS = [
	'create',
	'status',
	'retrieve',
	'upload',
	'download',
	'list',
	'cancel',
	'account',
] as const;
export type Step = (typeof STEPS)[number];

/** What can go wrong with an answer. */
export const FAULT_KINDS = [
	'rateLimited',
	'rateLimitedInBody',
	'serverError',
	'badGatewayHtml',
	'unavailable',
	'errorInBody',
	'htmlOk',
	'html',
	'taskUnknown',
	'expiredLink',
	'custom',
	'resetBeforeRead',
	'resetAfterRead',
	'noAnswer',
	'noAnswerAfterRead',
	'slowAnswer',
	'slowDrip',
	'truncatedJson',
	'truncatedFile',
	'unknownStatus',
	'statusBackwards',
	'emptyUrl',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];
