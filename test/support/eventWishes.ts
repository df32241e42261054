import type { EventWishes } from '../../video/trigger/events';

/** A trigger that wants all there is. */
export const everyEvent: EventWishes = { events: ['completed', 'failed'], label: '', model: '' };
