import { z } from 'zod';

import { HAILUO_IMAGE, imageReferenceProblem } from '../../media';
import { entryOf } from '../../world';
import { v1Refusal } from '../answers';
import { parse } from '../checks';

interface Template {
	image: boolean;
	text: boolean;
	/** USD. The Chinese list has no prices: those templates cost the usual one here. */
	price: number;
}

const USUAL_PRICE = 0.45;
const image = (price = USUAL_PRICE): Template => ({ image: true, text: false, price });
const text = (price = USUAL_PRICE): Template => ({ image: false, text: true, price });
const imageAndText = (price = USUAL_PRICE): Template => ({ image: true, text: true, price });

/** Both regions' lists. */
const TEMPLATES: Record<string, Template> = {
	'392747428568649728': image(0.4),
	'393488336655310850': image(0.4),
	'393769180141805569': imageAndText(0.45),
	'397087679467597833': image(0.45),
	'393881433990066176': image(0.45),
	'393498001241890824': image(0.45),
	'393876118804459526': image(1),
	'393866076583718914': image(1),
	'393879757702918151': image(1.1),
	'394176968202485769': image(1.4),
	'394514820878671878': text(1.5),
	'397017167949312007': image(2),
	'394875727173492739': text(0.35),
	'394220989629177861': image(0.7),
	'393853165953970178': text(0.86),
	'401431836934868999': imageAndText(1.08),
	'392753057216684038': image(),
	'394246956137422856': image(),
	'393766210733957121': image(),
	'394125185182695432': text(),
	'393857704283172864': image(),
	'398574688191234048': image(),
};

const values = z.array(z.object({ value: z.string().min(1) })).optional();
const bodySchema = z.object({
	template_id: z.string(),
	media_inputs: values,
	text_inputs: values,
	callback_url: z.string().url().optional(),
});
type Body = z.output<typeof bodySchema>;

const refuse = (detail: string) => v1Refusal('params', detail);

/** Reads the body of a create, and refuses what its template does not take. */
export function readOrder(input: unknown): { body: Body; price: number } {
	const body = parse(bodySchema, input, v1Refusal);
	const template = entryOf(TEMPLATES, body.template_id);
	if (!template) throw refuse('invalid template_id');
	if (template.image && !body.media_inputs?.length) throw refuse('media_inputs is required');
	if (template.text && !body.text_inputs?.length) throw refuse('text_inputs is required');
	for (const { value } of body.media_inputs ?? []) {
		const problem = imageReferenceProblem(value, HAILUO_IMAGE);
		if (problem) throw refuse(`media_inputs: ${problem}`);
	}
	return { body, price: template.price };
}
