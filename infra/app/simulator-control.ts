/** The simulator beside the product: a process of its own, reached over HTTP only. */
export type SimulatorNumber = {
  readonly phoneNumberId: string;
  readonly displayPhoneNumber: string;
  readonly accessToken: string;
  readonly appSecret: string;
  readonly verifyToken: string;
};

export type SimulatorControl = {
  readonly baseUrl: string;
  /** True when a simulator answers there. */
  readonly answers: () => Promise<boolean>;
  /** Starts one when none answers. False when it could not be started. */
  readonly ensure: () => Promise<boolean>;
  /** A new number with fresh secrets, without a webhook yet. */
  readonly createNumber: () => Promise<SimulatorNumber | null>;
  /** Tells the simulator of a number (again): it keeps nothing when it restarts. @returns whether the webhook's handshake succeeded. */
  readonly register: (number: SimulatorNumber & { readonly verifiedName: string; readonly webhookUrl: string }) => Promise<boolean>;
  /** Lets the scripted customers write to the number. */
  readonly play: (phoneNumberId: string, customers: number) => Promise<boolean>;
  readonly stop: () => Promise<void>;
};
