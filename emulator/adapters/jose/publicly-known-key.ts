/**
 * The issuer key of every seeded sandbox, private half included: publicly known, so that equal seeds give equal credentials.
 * Whatever it signs proves nothing. A sandbox without a seed makes a key of its own.
 */
export const PUBLICLY_KNOWN_KEY = {
  id: "ZPEud8Sm7UkhkjZziCGnriFARiLPxtAmKlXwIbIcDKk",
  private_jwk: {
    kty: "RSA",
    n: "4SbtEqr7RrU-GpYaQZapgUfP8c_xda2fYcQli76XN6DVSt1MfPO-_jm51VN1Mz4x9DlzxqN6CVBPcxb6OhMZV8_Zrcmbxi_w4RYb0dp2uz5P6prc7t91dDAAKvlPD090dJG2CXSPtjVyNxIl0CUD0hcHc9GbxFV45mS-RpzrZ34srhm7D9w-BZV-tgT9axbw3ukShCNM8vT88YdGgb6Si_CjUmu82tnwAxscLxz5AsTlKc7RrLyBJLUoDI50H4OmoFceKUPYKkDP0SJAYpkajM8opTpTzgnc4ZG72x1rEVfz9uW2DPAwt9PYk1alM-uNBjYIGuYIS3qXLjUNLJYizQ",
    e: "AQAB",
    d: "EtuAxax-aTiq3-0se8vTnJlYKEejUJjfHYAhKOgooCcfVircyiZcG8zX7K8VxNnzsyHQuZVdlkQcs2X8RTruR3WIJM8a9el0AlYotFXY1evtI5ge4v7iRn3ytaa14XFlLpI5recOVlN5onUpp5pCDKmTHTc0FaiW_Kz5Zs6jxMIbWWqJ1ULmR9mTy4ii2QjIMfFzKhnFImqOuFTagtYoG-7nAJlvP7r9i_XwWD8UE5iWlSqqQVHbqLDCRvt6YGzVsOCz42z10td9wYZ-HAjwxzr5Y8xxveRQQzkj_qhCk6Goj9cuWTfTt1dAXgtvlR51AZMse7hSYB_Hgb-8mSkyIQ",
    p: "-mgFy7sJXOPPikzB51pcFS20odZncyC3zYTYEhHyRr4cfmdG3uXJPHWFWVppylL5fgPvT9Ih7d18myJXj2vQQDM8-fp03ZRL5Y-d57-RnbkYidE0pMppFHjduXKcIj5ZyjoSctDeDKWHsVDKGpGoh3mOrBVCFj3fl8hOFuG1HGU",
    q: "5i574YkeRNty3G8GcCPeer47zdZQAtrJy2-wbL5-ObQ5Np4rcz176TCcgmoEdWf8jUNiQzgEErdeGJwnEOuEeeNQHP6XU8SsjO5ZOPHMu0SvFSlJGRoDFxBB38_MRMWMxneUJtAkAbDe5HWgqQQziCLqVHi1DrcVWScpZ_SzQkk",
    dp: "b800EUOAKa45QsmEpdQtWvNePAfrhnasOiG_C0ph_v3w4OshtHGqSMk78aoxo7kqVf5RwjTTG04RzX4m1A1SHOgDqKUPusL0pBlcalWZIW-8KgRzWcRZ6F8SuDMYzR1Dn8wP4p2pFsJtdFja88PnGB3I-sI_EIktpKo1W3gJEhU",
    dq: "oKglEt-PXuQEIVLknXSLngQU3bANnFB0tCc6bkvu8fuWS0bOcNqjF7k0I9o3TnLL1RUJCn2Yai_N30NuCOM5TZGYowQXPwJwpNTfNV2fVb20rgJo4LpFGd3g_IOewQlZHlTr9MMlvoBisfZfslgaV5R3FYpCZQjoP5eT0Nj8HPE",
    qi: "qWIVkpxQd8Y5XLH9r7YoUanH36DO_ymV6t66_3js4DbsxtLE-n-zGFD6raI-LgOUIkZ3lQWseIYBMb7PjzksN2Z2KUKozk8f1qHMz2nna0DL4E9xh_S_nT4n7s_V6mhesDkoJxnMMz1A_XNu9dctsjMVoTldb8pN-lH2_t0dM-A",
  },
} as const;
