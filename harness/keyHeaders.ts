import type {
	ICredentialDataDecryptedObject,
	INode,
	INodeParameters,
	INodeTypes,
} from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { packageCredentials } from './package';

const nobody: INode = {
	id: '',
	name: '',
	type: '',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** The headers that a credential of this type adds to a request, filled in by n8n's own expressions. */
export async function keyHeaders(type: string, credentials: ICredentialDataDecryptedObject) {
	const found = (await packageCredentials()).find(({ name }) => name === type);
	if (typeof found?.authenticate !== 'object') throw new Error(`${type} sends no key`);
	const { headers = {} } = found.authenticate.properties;
	const nodeTypes = {} as INodeTypes;
	const { expression } = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });
	return expression.getComplexParameterValue(nobody, headers as INodeParameters, 'internal', {
		$credentials: credentials,
	}) as Record<string, string>;
}
