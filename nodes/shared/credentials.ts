import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
import { providers } from '../../providers';
import type { Provider } from '../../video/provider';
import { notice } from './fieldKinds';

const credentialOf = ({ name, credential }: Provider, required: boolean) => ({
	name: credential,
	displayName: required ? `Credential for ${name}` : `Credential for ${name} (If Used)`,
	required,
});

const othersThan = (provider: Provider) =>
	providers.filter((other) => other !== provider).map(({ id }) => id);

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

/**
 * For a node that makes a video: the credentials of the chosen providers are a must, that of the form's
 * own and those of its fallbacks. Each says which providers hide it and not which show it: n8n would
 * move a field that decides which credential is shown out of the form.
 */
export const credentialsOfProviders: INodeCredentialDescription[] = [
	...providers.map((provider) => ({
		...credentialOf(provider, true),
		displayOptions: {
			hide: { provider: othersThan(provider) },
			show: Object.fromEntries(
				providers.map((_, place) => [
					`fallbackProviders.items[${place}].${flagOf(provider)}`,
					[anything],
				]),
			),
		},
	})),
	taskTable,
];

/** Tells where the credential is that a switch further down asks for. */
export const taskTableNotice = notice(
	'taskTableNotice',
	'Recording needs the <b>Credential for the Task Table</b> at the top of this form. Its key is made in this n8n, under Settings > n8n API.',
	{ show: { recordTask: [true] } },
);

/** For task references, of which several vendors' may come together: none is a must. */
export const credentialsOfTasks = [
	...providers.map((provider) => ({
		...credentialOf(provider, false),
		// Costs are summed up without asking a vendor.
		displayOptions: { hide: { provider: othersThan(provider), operation: ['sumUpCosts'] } },
	})),
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
