import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';
import { projectRoot } from '../pack';
import { testLogin, type Login } from './session';

// n8n marks what its own tests look for.
selectors.setTestIdAttribute('data-test-id');

const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Git ignores it. */
const screenshotFolder = join(projectRoot, 'test', 'e2e', 'screenshots');

/** One window of n8n's editor in headless Chromium. Parameters are addressed by their names, values by what the form shows. */
export class Editor {
	/** How often somebody would have clicked so far. */
	clicks = 0;

	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
		readonly url: string,
	) {}

	/** Opens a browser and signs in. */
	static async open(
		url: string,
		login: Login = testLogin,
		viewport = { width: 1600, height: 1000 },
	): Promise<Editor> {
		if (!existsSync(executable)) {
			throw new Error(
				`There is no Chromium at ${executable}: install it (Debian: apt-get install -y chromium), or set CHROMIUM to where it is.`,
			);
		}
		const browser = await chromium.launch({
			executablePath: executable,
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
			],
		});
		const page = await browser.newPage({ viewport });
		page.setDefaultTimeout(30_000);
		await page.goto(`${url}/signin`);
		await page.getByTestId('emailOrLdapLoginId').locator('input').fill(login.email);
		await page.getByTestId('password').locator('input').fill(login.password);
		await page.getByTestId('form-submit-button').click();
		await page.waitForURL(/\/(home|workflow)/);
		const editor = new Editor(browser, page, url);
		await editor.countClicks();
		return editor;
	}

	private async countClicks(): Promise<void> {
		await this.page.exposeFunction('countClick', () => this.clicks++);
		await this.page.addInitScript(
			"addEventListener('click', (event) => event.isTrusted && countClick(), true)",
		);
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.getByTestId('canvas-add-button').waitFor();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	/** The workflow's nodes on the canvas, notes included. */
	get canvasNodes(): Locator {
		return this.page.locator('.vue-flow__node');
	}

	async zoomToFit(): Promise<void> {
		await this.page.getByTestId('zoom-to-fit').click();
	}

	/** Opens a data table by its name. */
	async openTable(name: string): Promise<void> {
		await this.page.goto(`${this.url}/home/datatables`);
		await this.page.getByText(name, { exact: true }).first().click();
		// n8n draws the table before it has all rows.
		await this.page.getByText('Add Row').waitFor();
		await this.page.getByText('Loading...').waitFor({ state: 'hidden' });
	}

	/** Opens the node panel and searches in it; gives the names of what it finds. */
	async searchNodes(text: string): Promise<string[]> {
		const addFirst = this.page.getByTestId('canvas-add-button');
		const add = (await addFirst.isVisible())
			? addFirst
			: this.page.getByTestId('node-creator-plus-button');
		await add.click();
		await this.page.getByTestId('node-creator-search-bar').fill(text);
		const found = this.page.getByTestId('node-creator-item-name');
		// The list before the search is on screen until the search has run.
		await found
			.filter({ hasText: new RegExp(text, 'i') })
			.first()
			.waitFor();
		return await found.allInnerTexts();
	}

	/**
	 * Adds a node from the panel by searching for it; its parameters are open afterwards.
	 * @param action for a node with operations: the action to pick, as the panel words it
	 */
	async addNode(search: string, displayName: string, action?: string): Promise<void> {
		await this.searchNodes(search);
		const item = (name: string) =>
			this.page.getByTestId('item-iterator-item').filter({ hasText: name }).first();
		await item(displayName).click();
		// Nodes of community packages show a page about themselves first, with their actions if they have operations.
		await (
			action ? item(action) : this.page.getByRole('button', { name: 'Add to workflow' })
		).click();
		await this.page.getByTestId('ndv').waitFor();
	}

	/** Opens the parameters of a node on the canvas. */
	async openNode(name: string): Promise<void> {
		await this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
		await this.page.getByTestId('ndv').waitFor();
	}

	async closeNode(): Promise<void> {
		await this.page.getByTestId('ndv-close-button').click();
		await this.page.getByTestId('ndv').waitFor({ state: 'hidden' });
	}

	parameter(name: string): Locator {
		return this.page.getByTestId(`parameter-input-${name}`);
	}

	/** Types into a text or number field. */
	async fill(name: string, value: string): Promise<void> {
		await this.parameter(name).locator('input, textarea').first().fill(value);
	}

	/** What a field or drop-down shows. */
	async shown(name: string): Promise<string> {
		return await this.parameter(name).locator('input, textarea').first().inputValue();
	}

	/** The options that a drop-down offers now; those that n8n loads from the node included. */
	async choices(name: string): Promise<string[]> {
		const options = await this.openDropDown(this.parameter(name));
		const names = await options.evaluateAll((all) =>
			all.map(
				(option) => (option.querySelector('.option-headline') ?? option).textContent?.trim() ?? '',
			),
		);
		await this.page.keyboard.press('Escape');
		return names;
	}

	/** Picks an option of a drop-down by what it shows. `place` counts parameters of one name from 0. */
	async choose(name: string, option: string, place = 0): Promise<void> {
		await pick(await this.openDropDown(this.parameter(name).nth(place)), option);
	}

	/** Picks the credential; of a node that shows several slots, the one at this place, counted from 0. */
	async chooseCredential(name: string, place = 0): Promise<void> {
		const slots = this.page.getByTestId('node-credentials-select');
		await pick(await this.openDropDown(slots.nth(place)), name);
	}

	/** Switches a boolean parameter. */
	async toggle(name: string): Promise<void> {
		await this.parameter(name).locator('.el-switch').click();
	}

	/** Adds a field of a collection; `placeholder` is what the collection's button says. */
	async addOption(placeholder: string, option: string): Promise<void> {
		const adders = this.page.getByTestId('collection-parameter-add');
		const options = await this.openDropDown(
			adders.filter({ has: this.page.locator(`input[placeholder="${placeholder}"]`) }).first(),
		);
		await pick(options, option);
	}

	/** Runs the open node and waits until it has ended; gives the output pane's text, an error's message included. */
	async executeStep(timeoutMs = 120_000): Promise<string> {
		const accepted = this.page.waitForResponse(
			(response) => response.request().method() === 'POST' && response.url().endsWith('/run'),
		);
		const button = this.page.getByTestId('node-execute-button');
		const label = await button.innerText();
		await button.click();
		await accepted;
		// While the node runs the button shows something else, and the pane the outcome of the run before.
		await button.filter({ hasText: label }).waitFor({ timeout: timeoutMs });
		await this.outputPane
			.getByTestId('ndv-executing')
			.waitFor({ state: 'hidden', timeout: timeoutMs });
		await this.outputPane
			// A node with several outputs has tabs in the place of the count.
			.locator(
				'[data-test-id="ndv-items-count"], [data-test-id="branches"], [data-test-id="node-error-view"]',
			)
			.first()
			.waitFor({ timeout: timeoutMs });
		// The fields of the items are drawn after their count, on a busy machine some seconds later.
		await this.outputPane
			.locator('[data-test-id="run-data-schema-item"], [data-test-id="node-error-view"]')
			.first()
			.waitFor()
			// An output without items has none.
			.catch(() => undefined);
		return await this.outputPane.innerText();
	}

	/** Publishes the workflow that is open. */
	async publish(): Promise<void> {
		await this.page.getByTestId('workflow-open-publish-modal-button').click();
		await this.page.getByTestId('workflow-publish-button').click();
		await this.page.getByTestId('workflow-publish-button').waitFor({ state: 'hidden' });
	}

	get outputPane(): Locator {
		return this.page.getByTestId('output-panel');
	}

	/** Shows the first binary field of the output pane and plays its video; gives what the browser knows of it. */
	async viewVideo(): Promise<{ duration: number; width: number; height: number }> {
		await this.outputPane.getByTestId('radio-button-binary').click();
		await this.outputPane.getByTestId('ndv-view-binary-data').first().click();
		const video = this.page.locator('video').first();
		await video.waitFor();
		const player = await video.evaluateHandle((element) => element as unknown as VideoElement);
		// 3 is HAVE_FUTURE_DATA: it can be played.
		await this.page.waitForFunction(({ error, readyState }) => error ?? readyState >= 3, player);
		const error = await player.evaluate((one) => one.error?.message);
		if (error !== undefined) throw new Error(`The browser cannot play the video: ${error}`);
		await player.evaluate(async (one) => {
			one.muted = true;
			await one.play();
		});
		await this.page.waitForFunction(({ currentTime }) => currentTime > 0.5, player);
		return await player.evaluate(({ duration, videoWidth: width, videoHeight: height }) => ({
			duration,
			width,
			height,
		}));
	}

	/** Keeps a picture of the window for people to look at. */
	async screenshot(name: string): Promise<void> {
		mkdirSync(screenshotFolder, { recursive: true });
		await this.page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
	}

	private async openDropDown(parameter: Locator): Promise<Locator> {
		const input = parameter.locator('input').first();
		// A form that is drawn anew in this moment closes the list again.
		for (let tries = 1; ; tries++) {
			await input.click();
			// The list is not inside the field but at the end of the page.
			const list = await input.getAttribute('aria-controls');
			const options = this.page.locator(`[id="${list}"] .el-select-dropdown__item:visible`);
			const first = options.first().waitFor({ timeout: 10_000 });
			const isOpen = await first.then(
				() => true,
				() => false,
			);
			if (isOpen) return options;
			if (tries === 3) throw new Error(`A list that opens has no options: ${parameter}`);
		}
	}
}

async function pick(options: Locator, text: string): Promise<void> {
	const exact = options.page().getByText(text, { exact: true });
	await options.filter({ has: exact }).first().click();
}

/** The project compiles without the browser's own types. */
interface VideoElement {
	readyState: number;
	error: { message: string } | null;
	muted: boolean;
	currentTime: number;
	duration: number;
	videoWidth: number;
	videoHeight: number;
	play(): Promise<void>;
}
