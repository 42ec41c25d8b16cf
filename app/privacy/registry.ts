// The detectors, in the order in which they read the call: later ones see what earlier ones found.
import type { Detector } from "./detector.ts";
import { paymentCard } from "./payment-card.ts";
import { securityCode } from "./security-code.ts";

/** A new kind of secret is a new file and a line here. */
export const DETECTORS: readonly Detector[] = [paymentCard, securityCode];
