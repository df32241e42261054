import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const newId = (prefix: string): string =>
	`${prefix}_${[...randomBytes(26)].map((byte) => ALPHABET[byte % 32]).join('')}`;
