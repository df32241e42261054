import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { providers } from '../../providers';

/** Vendors that can do the chosen operation. */
export const dropDowns = {
	async getProviders(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const operation = String(this.getCurrentNodeParameter('operation') ?? 'get');
		const able = providers.filter(
			({ list, cancel }) =>
				(operation !== 'list' || list !== undefined) &&
				(operation !== 'cancel' || cancel !== undefined),
		);
		const vendors = able.map(({ id, name }) => ({ name, value: id }));
		if (operation === 'list') return vendors;
		return [{ name: 'From Task Reference', value: 'auto' }, ...vendors];
	},
};
