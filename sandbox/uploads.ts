import type { Vendor } from './config';
import { extensionOf } from './media';

export interface Upload {
	id: string;
	vendor: Vendor;
	key: string;
	fileName: string;
	type: string;
	purpose: string;
	bytes: Buffer;
	createdAt: number;
	expiresAt: number;
}

/** Media that users have brought, kept in memory. */
export class Uploads {
	private readonly uploads = new Map<string, Upload>();

	add(upload: Upload): Upload {
		this.uploads.set(`${upload.vendor} ${upload.id}`, upload);
		return upload;
	}

	get(vendor: Vendor, id: string): Upload | undefined {
		return this.uploads.get(`${vendor} ${id}`);
	}

	list(vendor: Vendor, key: string): Upload[] {
		return [...this.uploads.values()].filter((one) => one.vendor === vendor && one.key === key);
	}

	remove(upload: Upload): void {
		this.uploads.delete(`${upload.vendor} ${upload.id}`);
	}

	reset(): void {
		this.uploads.clear();
	}
}

/** The name that an upload has at the download host. */
export const storedName = (upload: Upload): string => `${upload.id}.${extensionOf(upload.type)}`;
