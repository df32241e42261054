import { z } from 'zod';

import { type Vendor, VENDORS } from './config';
import { FAULT_KINDS, type Step, STEPS } from './steps';

const faultSchema = z
	.object({
		vendor: z.enum(VENDORS as [Vendor, ...Vendor[]]),
		step: z.enum(STEPS),
		kind: z.enum(FAULT_KINDS),
		times: z.union([z.number().int().positive(), z.literal('always')]).default(1),
		/** Lets this many matching requests pass first. */
		after: z.number().int().nonnegative().default(0),
		/** The request is handled before it is answered wrongly or late: a task is created and charged. */
		handled: z.boolean().default(false),
		/** Seconds, or an HTTP date. */
		retryAfter: z.union([z.number(), z.string()]).optional(),
		/** `number of seconds`, of the sandbox's clock, that a slowAnswer takes. */
		seconds: z.number().nonnegative().optional(),
		status: z.number().int().min(200).max(599).optional(),
		headers: z.record(z.string()).optional(),
		body: z.unknown().optional(),
	})
	.strict()
	.refine(({ kind, seconds }) => (kind === 'slowAnswer') === (seconds !== undefined), {
		message: 'slowAnswer needs seconds, and no other kind takes them',
		path: ['seconds'],
	});

export type Fault = z.input<typeof faultSchema>;
export type ActiveFault = z.output<typeof faultSchema> & { id: number };

export class Faults {
	private active: ActiveFault[] = [];
	private lastId = 0;

	inject(fault: Fault): ActiveFault {
		this.lastId += 1;
		const active = { ...faultSchema.parse(fault), id: this.lastId };
		this.active.push(active);
		return active;
	}

	/** The fault that this request meets, the oldest one first. Every match counts it down. */
	take(vendor: string, step: Step): ActiveFault | undefined {
		const fault = this.active.find((one) => one.vendor === vendor && one.step === step);
		if (!fault) return undefined;
		if (fault.after > 0) {
			fault.after -= 1;
			return undefined;
		}
		if (fault.times !== 'always') {
			fault.times -= 1;
			if (fault.times === 0) this.active = this.active.filter((one) => one !== fault);
		}
		return fault;
	}

	list(): ActiveFault[] {
		return [...this.active];
	}

	clear(): void {
		this.active = [];
	}
}
