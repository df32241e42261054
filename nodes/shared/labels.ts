import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { asError, InputError } from '../../video/failure';

/**
 * The context of a node whose parameters complain by their labels: what n8n says of an expression
 * that fails names neither the field nor what to do.
 */
export function withLabels(
	context: IExecuteFunctions,
	fields: readonly INodeProperties[],
): IExecuteFunctions {
	const read = (...wanted: Parameters<IExecuteFunctions['getNodeParameter']>): unknown => {
		try {
			return context.getNodeParameter(...wanted);
		} catch (cause) {
			const [name] = wanted;
			const label = fields.find((field) => field.name === name)?.displayName ?? name;
			throw failedExpression(label, cause);
		}
	};
	return new Proxy(context, {
		get: (target, name): unknown =>
			name === 'getNodeParameter' ? read : Reflect.get(target, name),
	});
}

function failedExpression(label: string, cause: unknown): InputError {
	const { message } = asError(cause);
	const { description } = Object(cause) as { description?: unknown };
	return new InputError(
		`The expression in ${label} fails: ${message}`,
		typeof description === 'string' && description !== ''
			? description
			: `Open the node and mend ${label}: the result of an expression is shown below it.`,
	);
}
