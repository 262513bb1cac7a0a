import { createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { makeApp } from "@/app";

/** The whole page at an address, as a person would open it. */
export function renderPage(address: string) {
  const { app, router } = makeApp(createMemoryHistory({ initialEntries: [address] }));
  return { router, user: userEvent.setup(), ...render(app) };
}
