import { z } from "zod";

// Schemas look whether they may compile code when they are made. The page's policy forbids it, and even the look is reported.
z.config({ jitless: true });
