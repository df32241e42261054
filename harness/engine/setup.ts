// jest loads n8n-core, whose decorators need it.
import 'reflect-metadata';
import { Problem } from '../setup.cjs';

// Simulated time follows requests by a channel that Node.js 20 does not have.
if (Number.parseInt(process.versions.node, 10) < 24) {
	throw new Problem(
		`The tests run on Node.js 24, which npm ci puts into node_modules, and this is ${process.versions.node}: start them with npm run or npx jest.`,
	);
}
