import type { IExecuteFunctions } from 'n8n-workflow';

/** Whether an agent, or another caller of tools, runs the node. */
export function isTool(context: IExecuteFunctions): boolean {
	// Agents since version 3 let n8n run the tool like any node: only its type tells it then.
	return isCalledByAgent(context) || context.getNode().type.endsWith('Tool');
}

/** Whether the caller runs the node itself: agents before version 3, sub-agents, MCP Server Trigger. */
function isCalledByAgent(context: IExecuteFunctions): boolean {
	// n8n before 1.100 has no such method.
	return context.isToolExecution?.() ?? false;
}

/**
 * Whether failed items are given out instead of thrown: of an error that is thrown, a caller that
 * runs the node itself tells its model nothing.
 */
export function givesOutErrors(context: IExecuteFunctions): boolean {
	return context.continueOnFail() || isCalledByAgent(context);
}
