import type { Application } from '#projections/application.ts';
import type { App } from './app.ts';
import { conversationCommands } from './conversations.ts';
import { erasureCommands } from './erasures.ts';
import { memberCommands } from './members.ts';
import { auditPage } from './pages/audit.ts';
import { channelsPage, connectChannel, connectSimulator } from './pages/channels.ts';
import { contactPage, contactsPage, revealContact } from './pages/contact.ts';
import { conversationPage } from './pages/conversation.ts';
import { dashboardPage } from './pages/dashboard.ts';
import { dataMapPage } from './pages/data-map.ts';
import { inboxPage } from './pages/inbox.ts';
import { mediaFile } from './pages/media.ts';
import { searchPage } from './pages/search.ts';
import { listsPrepared, systemPage, takeUpParked } from './pages/system.ts';
import { needsSetup, setUp } from './setup.ts';

/** Every use case of pages and API, each in its own file. */
export const createApplication = (app: App): Application => ({
  needsSetup: needsSetup(app),
  setUp: setUp(app),
  signIn: app.accounts.signIn,
  signOut: (viewer) => app.accounts.signOut(viewer, viewer.sessionId, 'signed-out'),
  session: app.accounts.viewer,
  ...memberCommands(app),
  channels: channelsPage(app),
  connectChannel: connectChannel(app),
  connectSimulator: connectSimulator(app),
  simulatorPage: async () => ((await app.simulator.answers()) ? app.simulator.baseUrl : null),
  inbox: inboxPage(app),
  search: searchPage(app),
  conversation: conversationPage(app),
  contact: contactPage(app),
  contacts: contactsPage(app),
  revealContact: revealContact(app),
  media: mediaFile(app),
  ...conversationCommands(app),
  audit: auditPage(app),
  dashboard: dashboardPage(app),
  ...erasureCommands(app),
  dataMap: dataMapPage(),
  systemStatus: systemPage(app),
  replayParked: takeUpParked(app),
  preparing: listsPrepared(app),
});
