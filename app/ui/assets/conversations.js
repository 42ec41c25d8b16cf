// The browser code of the list of conversations: a choice shows its list at once. The page is complete without it.
/* global document, location, FormData, URLSearchParams */

const form = document.querySelector("[data-filters]");
form?.addEventListener("change", ({ target }) => target.matches("select") && go());
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  go();
});

/** Only what is chosen goes into the address, so that it is short and can be kept and sent to others. */
function go() {
  const chosen = [...new FormData(form)].filter(([name, value]) => value !== "" && !(name === "sort" && value === "newest"));
  const query = new URLSearchParams(chosen).toString();
  location.assign(query === "" ? "/conversations" : `/conversations?${query}`);
}
