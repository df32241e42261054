import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
import { providers } from '../../providers';
import type { Provider } from '../../video/provider';

const credentialOf = ({ name, credential }: Provider, required: boolean) => ({
	name: credential,
	displayName: required ? `Credential for ${name}` : `Credential for ${name} (If Used)`,
	required,
});

/**
 * Every credential is there unless another provider is chosen. It says which providers hide it and
 * not which show it: n8n would move a field that decides which credential is shown out of the form.
 */
const credentials = (
	required: boolean,
	/** Operations that ask no vendor. */
	operation: string[] = [],
): INodeCredentialDescription[] =>
	providers.map((provider) => ({
		...credentialOf(provider, required),
		displayOptions: {
			hide: {
				provider: providers.filter((other) => other !== provider).map(({ id }) => id),
				...(operation.length > 0 && { operation }),
			},
		},
	}));

/** For nodes with Record Task. The trigger, which always needs the table, names it by itself. */
const taskTable: INodeCredentialDescription = {
	name: 'hailuoTaskTableApi',
	displayName: 'Credential for the Task Table',
	required: true,
	testedBy: 'testTaskTable',
	displayOptions: { hide: { recordTask: [false] } },
};

const flagOf = ({ id }: Provider) => `${id}Credential`;

/**
 * A field of a fallback provider that nobody sees and that shows its credential: n8n hides by several
 * fields when one of them says so, yet shows at once what depends on an expression.
 */
export const usedCredential = (provider: Provider): INodeProperties => ({
	displayName: `${provider.name} Credential`,
	name: flagOf(provider),
	type: 'hidden',
	default: '=used',
	displayOptions: { show: { provider: [provider.id] } },
});

/** n8n takes conditions here as in fields; its types do not say so. */
const anything = { _cnd: { not: 'nothing' } } as unknown as string;

/** The same credentials, shown as well where a fallback provider uses them. */
const credentialsOfFallbacks = credentials(true).map(
	({ displayOptions, ...credential }, index) => ({
		...credential,
		displayOptions: {
			...displayOptions,
			show: Object.fromEntries(
				providers.map((_, place) => [
					`fallbackProviders.items[${place}].${flagOf(providers[index])}`,
					[anything],
				]),
			),
		},
	}),
);

/** For a node that makes a video: the credentials of the chosen providers are a must. */
export const credentialsOfProviders: INodeCredentialDescription[] = [
	...credentialsOfFallbacks,
	taskTable,
];

/** Tells where the credential is that a switch further down asks for. */
export const taskTableNotice: INodeProperties = {
	displayName:
		'Recording needs the <b>Credential for the Task Table</b> at the top of this form. Its key is made in this n8n, under Settings > n8n API.',
	name: 'taskTableNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { recordTask: [true] } },
};

/** For task references, of which several vendors' may come together: none is a must. */
export const credentialsOfTasks = [
	...credentials(false, ['sumUpCosts']),
	{
		...taskTable,
		// Where Record Task is not in the form the table is needed, except for a list.
		displayOptions: { hide: { recordTask: [false], operation: ['list'] } },
	},
];

/** For the trigger, which takes tasks of all vendors; the table's where it watches one. */
export const credentialsOfTrigger: INodeCredentialDescription[] = [
	{ ...taskTable, displayOptions: { hide: { source: ['account', 'taskList'] } } },
	...providers.map((provider) => credentialOf(provider, false)),
];

/** For the callback trigger: as above, and the table's where tasks are recorded. */
export const credentialsOfCallbackTrigger: INodeCredentialDescription[] = [
	...providers.map((provider) => credentialOf(provider, false)),
	taskTable,
];
