import { join } from 'node:path';

/** What one task costs by fire and react in queue mode, measured by bench/queue.ts. */
export interface Costs {
	/** How many tasks were measured, each submitted by an execution of its own. */
	readonly tasks: number;
	/** n8n executions, of submitting and of reacting. */
	readonly executions: number;
	/** Requests to the vendor after the create. */
	readonly vendorLooks: number;
	/** Calls of the API of data tables, those of the polls included. */
	readonly tableCalls: number;
	/** Bytes of a row of the task table with its index, and of all that the database has grown by. */
	readonly tableRowBytes: number;
	readonly databaseBytes: number;
	/** Seconds of a processor. */
	readonly mainSeconds: number;
	readonly workerSeconds: number;
	readonly webhookSeconds: number;
}

export const costsFile = join(__dirname, 'costs.json');
