// The overview: what is going on today, each number with its definition and its conversations.
import { NARROWED_READERS, type Route } from "../route.ts";
import { PAGE_ANSWERS } from "./send-page.ts";

export const overviewPages: Route[] = [
  {
    method: "get", path: "/", access: NARROWED_READERS, isPage: true,
    docs: { id: "overviewPage", summary: "Dashboard: overview", answers: PAGE_ANSWERS },
    handle: ({ res }) => res.set("Cache-Control", "no-store").redirect(303, "/conversations"),
  },
];
