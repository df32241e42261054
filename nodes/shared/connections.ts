import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import type { Connection, Host } from '../../video/host';
import type { Provider } from '../../video/provider';
import type { NodeContext } from './host';
import { connectTo, createHost } from './host';

/** The connections of one run of a node: one for each vendor, opened when it is first needed. */
export class Connections {
	readonly host: Host;

	private readonly open = new Map<Provider, Connection>();

	private readonly credentials = new Map<Provider, Promise<ICredentialDataDecryptedObject>>();

	constructor(private readonly context: NodeContext) {
		this.host = createHost(context);
	}

	/** Throws InputError when the node has no usable credential for the vendor. */
	async connection(provider: Provider, item: number): Promise<Connection> {
		const known = this.open.get(provider);
		if (known) return known;
		if (!this.context.getNode().credentials?.[provider.credential]) {
			throw new InputError(
				`The node has no credential for ${provider.name}`,
				`Open the node and choose one under Credential for ${provider.name}.`,
			);
		}
		const connection = await connectTo(
			this.context,
			this.host,
			provider,
			await this.credential(provider, item),
		);
		this.open.set(provider, connection);
		return connection;
	}

	/** What the node's credential for the vendor holds. Opening it costs n8n more than a request. */
	async credential(provider: Provider, item: number): Promise<ICredentialDataDecryptedObject> {
		const known = this.credentials.get(provider);
		const opened = known ?? this.context.getCredentials(provider.credential, item);
		this.credentials.set(provider, opened);
		return await opened;
	}
}
