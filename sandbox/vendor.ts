import type { FastifyPluginAsync } from 'fastify';
import type { Server } from 'node:http';

import type { SettingsWith, VendorSettings } from './settings';
import type { NewTask } from './tasks';
import type { Answer, World } from './world';

/** Answers that every vendor words in its own way. */
export type StockAnswer =
	| 'rateLimited'
	| 'rateLimitedInBody'
	| 'serverError'
	| 'unavailable'
	| 'errorInBody'
	| 'taskUnknown'
	| 'badRequest'
	| 'pathUnknown';

/** The credential for this vendor in n8n. */
export interface CredentialForm {
	/** Credential type in n8n. */
	type: string;
	/** The environment variable with a real key. */
	keyVariable: string;
	/** The fields beside the key, for the vendor itself. */
	real: Record<string, string>;
	/** Fields of the same that an environment variable decides; the first of the values is the usual one. */
	choices?: Record<string, { variable: string; values: string[] }>;
	/** The fields beside the key, for a sandbox with this base URL. */
	sandbox(baseUrl: string): Record<string, string>;
}

/** A vendor's list of tasks, which other people's tasks can fill. */
export interface TaskList {
	/** Kinds of tasks that it shows; the first is the usual one. */
	kinds: string[];
	/** A usual task of this key, as somebody else would order it. */
	usualTask(key: string, wish: { kind?: string; model?: string }): NewTask;
}

/** One vendor: everything that the sandbox knows of it. */
export interface VendorSide<
	Name extends string = string,
	Settings extends VendorSettings = VendorSettings,
> {
	/** In addresses, in the configuration and in faults. */
	name: Name;
	/** As people write it. */
	title: string;
	/** What a base URL has behind the host, from the slash; '' for nothing. */
	basePath: string;
	settings: Settings;
	routes(world: World<SettingsWith<Settings>>): FastifyPluginAsync;
	answer(kind: StockAnswer, path: string, message?: string): Answer;
	/** Missing where the vendor has no list of tasks. */
	list?: TaskList;
	/** Serves what upgrades from HTTP, on the vendor's own port. Returns what ends all connections. */
	openSocket?(server: Server, world: World<SettingsWith<Settings>>): () => void;
	credential: CredentialForm;
}

/** Keeps the literal types of a vendor, from which those of the configuration are made. */
export const defineVendor = <Name extends string, Settings extends VendorSettings>(
	vendor: VendorSide<Name, Settings>,
): VendorSide<Name, Settings> => vendor;
