// Announces one change, from a thread with connections of its own.
import { workerData } from 'node:worker_threads';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';

const { announcements, close } = openViewGenerations({ folder: String(workerData), projections: [] });
await announcements.announce([], [{ position: 7n, views: [{ collection: 'rows', id: 'r1', tenant: null }] }]);
await close();
