import type { FastifyInstance } from 'fastify';
import type { Credential } from '../../../harness/n8n/home';

/** A service that n8n's own nodes hand videos to: what they know of it, and what it answers them. */
export interface OutsideService {
	/** Only nodes with this credential are let in. */
	readonly credential: Pick<Credential, 'type' | 'data'>;
	/** Host names to what answers there. */
	readonly hosts: Readonly<Record<string, (app: FastifyInstance) => void>>;
}
