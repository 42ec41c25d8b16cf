// What browsers may do with our pages: nothing from elsewhere, nothing inline, no framing.
import helmet, { type HelmetOptions } from "helmet";
import type { NextFunction, Request, Response } from "express";

const COMMON = {
  contentSecurityPolicy: {
    useDefaults: false, // the defaults allow inline style and would upgrade requests on a plain http loopback
    directives: {
      "default-src": ["'self'"],
      "script-src-attr": ["'none'"],
      "style-src-attr": ["'none'"],
      "object-src": ["'none'"],
      "base-uri": ["'none'"],
      "form-action": ["'self'"],
      "frame-ancestors": ["'none'"],
    },
  },
  referrerPolicy: { policy: "no-referrer" as const }, // one-time codes come in an address
  xFrameOptions: { action: "deny" as const },
  crossOriginEmbedderPolicy: false,
} satisfies HelmetOptions;

const onHttp = helmet({ ...COMMON, strictTransportSecurity: false });
const onHttps = helmet({ ...COMMON, strictTransportSecurity: { maxAge: 365 * 86_400, includeSubDomains: false } });

/** HSTS is sent over https only (ASVS 3.4.1: a year), where it means something; all other headers always. */
export function securityHeaders(req: Request, res: Response, next: NextFunction): void {
  res.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  (req.secure ? onHttps : onHttp)(req, res, next);
}
