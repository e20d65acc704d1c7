import type { Application, PlatformRequest } from '#projections/application.ts';
import type { Me, Viewer } from '#projections/shown.ts';
import type { Locale } from '#lib/i18n/locales.ts';
import type { Theme } from '#lib/preferences.ts';

declare global {
  namespace App {
    interface Error {
      /** Stable, for support; never a personal value. */
      code: string;
      /** While lists are prepared: how far they are, from 0 to 1. */
      progress?: number;
    }
    interface Locals {
      application: Application;
      /** Null on pages that need no sign-in. */
      viewer: Viewer | null;
      locale: Locale;
      theme: Theme;
      timeZone: string;
      keys: boolean;
      address: string | null;
      baseUrl: string;
    }
    interface PageData {
      locale: Locale;
      me?: Me;
    }
    interface Platform {
      req: PlatformRequest;
    }
  }
}
