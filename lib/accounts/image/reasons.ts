/** Why a file cannot be used as a picture. The account's image says it as `reason`; the portal's pages translate it. */
export const reasons = {
  notAPicture: "The file is not a JPEG, PNG, WebP, GIF, AVIF or HEIC picture.",
  damaged: "The picture is damaged or incomplete.",
  tooManyPixels: "The picture has more than 50 megapixels.",
  tooLarge: "The file is larger than 10 MiB.",
  unreadableHeic: "This HEIC picture cannot be read. Send it as JPEG.",
  tooMuchWork: "The picture took too much time or memory. Try again with a smaller one.",
} as const;
