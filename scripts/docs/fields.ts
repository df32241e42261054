import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';

export interface NodeField {
	/** Names from the outside in, with dots between. */
	readonly path: string;
	readonly field: INodeProperties;
}

/** All fields of a form, those inside of collections too. */
export function fieldsOf(fields: readonly INodeProperties[], parent = ''): NodeField[] {
	return fields.flatMap((field) => {
		const path = parent + field.name;
		return [{ path, field }, ...fieldsOf(fieldsInside(field), `${path}.`)];
	});
}

/** The fields that people see in a collection; of any other field none. */
export function fieldsInside({ type, options = [] }: INodeProperties): INodeProperties[] {
	if (type === 'collection') return options as INodeProperties[];
	if (type !== 'fixedCollection') return [];
	return (options as INodePropertyCollection[])
		.flatMap(({ values }) => values)
		.filter((field) => field.type !== 'hidden');
}
