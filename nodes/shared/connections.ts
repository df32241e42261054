import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import type { Connection, Host } from '../../video/host';
import type { Provider } from '../../video/provider';
import { connectTo, createHost, type NodeContext } from './host';

interface Opened {
	readonly connection: Connection;
	readonly credential: ICredentialDataDecryptedObject;
}

/** The connections of one run of a node: one for each vendor, opened when it is first needed. */
export class Connections {
	readonly host: Host;

	private readonly opened = new Map<Provider, Opened>();

	constructor(private readonly context: NodeContext) {
		this.host = createHost(context);
	}

	/** Throws InputError when the node has no usable credential for the vendor. */
	async connection(provider: Provider, item: number): Promise<Connection> {
		return (await this.open(provider, item)).connection;
	}

	/**
	 * The same with what the credential holds. Opening one costs n8n more than a request; one that could
	 * not be opened is tried again.
	 */
	async open(provider: Provider, item: number): Promise<Opened> {
		const known = this.opened.get(provider);
		if (known) return known;
		if (!this.context.getNode().credentials?.[provider.credential]) {
			throw new InputError(
				`The node has no credential for ${provider.name}`,
				`Open the node and choose one under Credential for ${provider.name}.`,
			);
		}
		const credential = await this.context.getCredentials(provider.credential, item);
		const connection = await connectTo(this.context, this.host, provider, credential);
		const opened = { connection, credential };
		this.opened.set(provider, opened);
		return opened;
	}
}
