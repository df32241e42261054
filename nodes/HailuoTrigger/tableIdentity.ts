import { InputError } from '../../video/failure';
import type { TableCursor } from '../../video/trigger/tableCursor';

/** Another table has the name of the one that the trigger has begun with, which is not to be seen. */
export function otherTable({ name, id }: TableCursor['table'], other: string): InputError {
	return new InputError(
		`The task table “${name}” is another one than the trigger has begun with (it was ${id}, now it is ${other})`,
		'If the old table was deleted on purpose, deactivate and activate the workflow: the trigger then begins with the new one, and what is finished in it by then does not fire. If the API key has changed, use one whose owner sees the old table.',
	);
}

/** Another table has the same name as the trigger's own. */
export function twoTables(name: string, id: string, other: string): InputError {
	return new InputError(
		`There are two data tables called “${name}”. The trigger goes on with the one it has begun with (${id}), but nodes with the same API key write into the older one (${other})`,
		'Rename or delete one of them.',
	);
}
