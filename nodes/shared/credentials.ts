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

/** For a node that makes a video: the credential of the chosen provider is a must. */
export const credentialsOfProviders = [...credentials(true), taskTable];

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
