// The delivery room: an outbox item becomes one attempt, and the attempt a receipt.
export { alertBodySchema, buildAlertBody, type AlertBody } from "./alert-body.ts";
export { buildCrmBody, crmBodySchema, crmCustomerSchema, type CrmBody, type CrmCustomer } from "./crm-body.ts";
export { createDelivery, type Delivery, type DeliveryParts } from "./delivery.ts";
export type { Destination, DestinationConfig, DestinationRequest, Verdict } from "./destinations/destination.ts";
export { MAX_ATTEMPTS, nextAttempt } from "./next-attempt.ts";
export { signStandardWebhook } from "./signature.ts";
