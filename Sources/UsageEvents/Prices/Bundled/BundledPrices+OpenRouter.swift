extension PriceTable {
    /// Prices of models on OpenRouter. Rows are separated by blanks; see `bundledCSV`.
    static let openRouterRows = """
        openrouter/01-ai/yi-large,3,3,, openrouter/aetherwiing/mn-starcannon-12b,0.8,1.2,,
        openrouter/ai21/jamba-1.6-large,2,8,, openrouter/ai21/jamba-1.6-mini,0.2,0.4,,
        openrouter/ai21/jamba-large-1.7,2,8,, openrouter/aion-labs/aion-1.0,4,8,,
        openrouter/aion-labs/aion-1.0-mini,0.7,1.4,, openrouter/aion-labs/aion-2.0,0.8,1.6,0.2,
        openrouter/aion-labs/aion-3.0,3,6,0.75, openrouter/aion-labs/aion-3.0-mini,0.7,1.4,0.18,
        openrouter/aion-labs/aion-3.5,3,6,0.75, openrouter/aion-labs/aion-3.5-mini,0.7,1.4,0.18,
        openrouter/aion-labs/aion-rp-llama-3.1-8b,0.2,0.2,,
        openrouter/alfredpros/codellama-7b-instruct-solidity,0.8,1.2,,
        openrouter/all-hands/openhands-lm-32b-v0.1,2.6,3.4,, openrouter/allenai/olmo-3-32b-think,0.15,0.5,,
        openrouter/alpindale/goliath-120b,6.5625,9.375,, openrouter/alpindale/magnum-72b,1.5,2.25,,
        openrouter/amazon/nova-2-lite-v1,0.3,2.5,, openrouter/amazon/nova-lite-v1,0.06,0.24,,
        openrouter/amazon/nova-micro-v1,0.035,0.14,, openrouter/amazon/nova-premier-v1,2.5,12.5,0.625,
        openrouter/amazon/nova-pro-v1,0.8,3.2,, openrouter/anthracite-org/magnum-v2-72b,3,3,,
        openrouter/anthracite-org/magnum-v4-72b,1.5,2.25,, openrouter/anthropic/claude-2,8,24,,
        openrouter/anthropic/claude-3.5-haiku,0.8,4,, openrouter/anthropic/claude-3.7-sonnet,3,15,,
        openrouter/anthropic/claude-fable-5.1:batch,5,25,0.125,6.25
        openrouter/anthropic/claude-fable-5:batch,5,25,0.5,6.25
        openrouter/anthropic/claude-haiku-4.5:batch,0.5,2.5,0.05,0.625
        openrouter/anthropic/claude-haiku-5.5:batch,0.05,0.25,0.005,0.0625
        openrouter/anthropic/claude-opus-4,15,75,1.5,18.75
        openrouter/anthropic/claude-opus-4.1:batch,7.5,37.5,0.75,9.375
        openrouter/anthropic/claude-opus-4.5:batch,2.5,12.5,0.25,3.125
        openrouter/anthropic/claude-opus-4.6-fast,30,150,3,37.5
        openrouter/anthropic/claude-opus-4.6:batch,2.5,12.5,0.25,3.125
        openrouter/anthropic/claude-opus-4.7-fast,30,150,3,37.5
        openrouter/anthropic/claude-opus-4.7:batch,2.5,12.5,0.25,3.125
        openrouter/anthropic/claude-opus-4.8-fast,10,50,1,12.5
        openrouter/anthropic/claude-opus-4.8:batch,2.5,12.5,0.25,3.125
        openrouter/anthropic/claude-opus-5-fast,10,50,1,12.5
        openrouter/anthropic/claude-opus-5.5:batch,2,10,0.1,2.5
        openrouter/anthropic/claude-opus-5:batch,2.5,12.5,0.25,3.125
        openrouter/anthropic/claude-sonnet-4,3,15,0.3,3.75
        openrouter/anthropic/claude-sonnet-4.5:batch,1.5,7.5,0.15,1.875
        openrouter/anthropic/claude-sonnet-4.6:batch,1.5,7.5,0.15,1.875
        openrouter/anthropic/claude-sonnet-5.5:batch,1,5,0.05,1.25
        openrouter/anthropic/claude-sonnet-5:batch,1,5,0.1,1.25 openrouter/anubis-pro-105b-v1,0.8,1,,
        openrouter/arcee-ai/coder-large,0.5,0.8,, openrouter/arcee-ai/trinity-large-thinking,0.22,0.85,0.06,
        openrouter/arcee-ai/trinity-mini,0.045,0.15,, openrouter/arcee-ai/virtuoso-large,0.75,1.2,,
        openrouter/arcee-blitz,0.45,0.75,, openrouter/baidu/ernie-4.5-vl-424b-a47b,0.42,1.25,,
        openrouter/bytedance-seed/seed-1.6,0.25,2,, openrouter/bytedance-seed/seed-1.6-flash,0.075,0.3,,
        openrouter/bytedance-seed/seed-2-1-turbo,0.5,2.5,, openrouter/bytedance-seed/seed-2.0-code,0.5,3,,
        openrouter/bytedance-seed/seed-2.0-lite,0.25,2,, openrouter/bytedance-seed/seed-2.0-mini,0.1,0.4,,
        openrouter/bytedance/ui-tars-1.5-7b,0.1,0.2,, openrouter/caller-large,0.55,0.85,,
        openrouter/chatgpt-4o-latest,5,15,, openrouter/claude-3-opus,15,75,1.5,18.75
        openrouter/claude-3-sonnet,3,15,0.3,3.75 openrouter/claude-3.5-sonnet,3,15,0.3,3.75
        openrouter/claude-3.7-sonnet,3,15,0.3,3.75 openrouter/cloudflare/clef,0.24,,,
        openrouter/cloudflare/clef-flash,0.09,,, openrouter/codestral-2501,0.3,0.9,,
        openrouter/cognitivecomputations/dolphin-mistral-24b-venice-edition,0.2,0.9,,
        openrouter/cognitivecomputations/dolphin-mixtral-8x22b,0.9,0.9,,
        openrouter/cognitivecomputations/dolphin-mixtral-8x7b,0.5,0.5,, openrouter/cohere/command,1,2,,
        openrouter/cohere/command-a,2.5,10,, openrouter/cohere/command-a-plus,0.3,1.5,0.15,
        openrouter/cohere/command-r,0.5,1.5,, openrouter/cohere/command-r-08-2024,0.15,0.6,,
        openrouter/cohere/command-r-plus-08-2024,2.5,10,, openrouter/cohere/command-r7b-12-2024,0.0375,0.15,,
        openrouter/deepcogito/cogito-v2.1-671b,1.25,1.25,, openrouter/deepseek-prover-v2,0.5,2.18,,
        openrouter/deepseek-r1-0528-qwen3-8b,0.05,0.1,, openrouter/deepseek-r1-distill-llama-8b,0.04,0.04,,
        openrouter/deepseek-r1-distill-qwen-1.5b,0.18,0.18,,
        openrouter/deepseek-r1-distill-qwen-14b,0.15,0.15,, openrouter/deepseek-r1-distill-qwen-7b,0.1,0.2,,
        openrouter/deepseek/deepseek-chat,0.38,0.89,, openrouter/deepseek/deepseek-chat-v3-0324,0.3,0.88,,
        openrouter/deepseek/deepseek-chat-v3.1,0.21,0.79,0.13, openrouter/deepseek/deepseek-r1,0.45,2.15,,
        openrouter/deepseek/deepseek-r1-0528,0.5,2.15,,
        openrouter/deepseek/deepseek-r1-distill-llama-70b,0.1,0.4,,
        openrouter/deepseek/deepseek-r1-distill-qwen-32b,0.12,0.18,,
        openrouter/deepseek/deepseek-v3.1-terminus,0.23,0.9,,
        openrouter/deepseek/deepseek-v3.2,0.2288,0.3432,, openrouter/deepseek/deepseek-v3.2-exp,0.27,0.41,,
        openrouter/deepseek/deepseek-v4-flash,0.0983,0.1966,0.0197,
        openrouter/deepseek/deepseek-v4-flash-0731,0.15,0.15,0.042,
        openrouter/deepseek/deepseek-v4-flash-0731:batch,0.048,0.144,0.012,
        openrouter/deepseek/deepseek-v4-flash-vision-exp,0.2156,0.6468,0.00686,
        openrouter/deepseek/deepseek-v4-pro,0.435,0.87,0.003625,
        openrouter/deepseek/deepseek-v4-pro-0813,0.66,1.98,0.022,
        openrouter/deepseek/deepseek-v4.1-flash,0.0448,0.08,0.0016,
        openrouter/deepseek/deepseek-v4.1-flash-1017:batch,0.011,0.2,0.002,
        openrouter/deepseek/deepseek-v4.1-flash:batch,0.05,0.15,0.004, openrouter/devstral-small,0.06,0.12,,
        openrouter/dobby-mini-unhinged-plus-llama-3.1-8b,0.2,0.2,, openrouter/eleutherai/llemma_7b,0.8,1.2,,
        openrouter/elorian/glimpse,0.6,3,0.06, openrouter/essentialai/rnj-1-instruct,0.15,0.15,,
        openrouter/eva-llama-3.33-70b,4,6,, openrouter/eva-qwen-2.5-32b,2.6,3.4,,
        openrouter/eva-qwen-2.5-72b,4,6,, openrouter/eva-unit-01/eva-qwen-2.5-72b,0.9,1.2,,
        openrouter/fimbulvetr-11b-v2,0.8,1.2,, openrouter/fireworks/ember-1,3,15,0.3,
        openrouter/gemini-2.0-flash-001,0.1,0.4,0.025,0.1833 openrouter/gemini-2.0-flash-lite-001,0.075,0.3,,
        openrouter/gemini-2.5-flash-lite-preview-06-17,0.1,0.4,,
        openrouter/gemini-2.5-flash-preview,0.15,0.6,0.0375,0.2333
        openrouter/gemini-2.5-flash-preview-05-20:thinking,0.15,3.5,0.0375,0.2333
        openrouter/gemini-2.5-flash-preview:thinking,0.15,3.5,0.0375,0.2333
        openrouter/gemini-flash-1.5,0.075,0.3,0.01875,0.1583
        openrouter/gemini-flash-1.5-8b,0.0375,0.15,0.01,0.0583 openrouter/gemini-pro-1.5,1.25,5,,
        openrouter/gemma-2-9b-it,0.2,0.2,, openrouter/glm-4-32b,0.24,0.24,,
        openrouter/glm-5v-turbo,1.2,4,0.24, openrouter/glm-z1-32b,0.24,0.24,,
        openrouter/glm-z1-rumination-32b,0.24,0.24,, openrouter/goliath-120b,10,12.5,,
        openrouter/google/gemini-2.0-flash-001,0.1,0.4,,
        openrouter/google/gemini-2.5-flash,0.3,2.5,0.075,0.3833
        openrouter/google/gemini-2.5-flash-image,0.3,2.5,0.03,0.08333333333333334
        openrouter/google/gemini-2.5-flash-lite,0.1,0.4,0.01,0.08333333333333334
        openrouter/google/gemini-2.5-flash-lite-preview-09-2025,0.1,0.4,,
        openrouter/google/gemini-2.5-flash-lite:batch,0.05,0.2,0.01,0.04166666666666665
        openrouter/google/gemini-2.5-flash-preview,0.15,0.6,,
        openrouter/google/gemini-2.5-flash-preview-09-2025,0.3,2.5,0.075,0.383
        openrouter/google/gemini-2.5-flash-preview:thinking,0.15,3.5,,
        openrouter/google/gemini-2.5-flash:batch,0.15,1.25,0.03,0.04166666666666665
        openrouter/google/gemini-2.5-pro,1.25,10,0.31,1.625
        openrouter/google/gemini-2.5-pro-preview-03-25,1.25,10,,
        openrouter/google/gemini-2.5-pro:batch,0.625,5,0.125,0.1875
        openrouter/google/gemini-3-flash-preview,0.5,3,0.05,0.08333333333333334
        openrouter/google/gemini-3-flash-preview:batch,0.25,1.5,,0.04166666666666665
        openrouter/google/gemini-3-pro-image,2,12,0.2,0.375
        openrouter/google/gemini-3-pro-image-preview,2,12,0.2,0.375
        openrouter/google/gemini-3.1-flash-image,0.5,3,,
        openrouter/google/gemini-3.1-flash-image-preview,0.5,3,,
        openrouter/google/gemini-3.1-flash-lite,0.25,1.5,0.025,0.08333333333333334
        openrouter/google/gemini-3.1-flash-lite-image,0.25,1.5,,
        openrouter/google/gemini-3.1-flash-lite:batch,0.125,0.75,0.0125,0.04166666666666665
        openrouter/google/gemini-3.1-pro-preview,2,12,0.2,0.375
        openrouter/google/gemini-3.1-pro-preview:batch,1,6,,0.1875
        openrouter/google/gemini-3.5-flash,1.5,9,0.15,0.08333333333333334
        openrouter/google/gemini-3.5-flash-lite,0.3,2.5,0.03,0.0833333333333333
        openrouter/google/gemini-3.5-flash-lite:batch,0.15,1.25,0.015,0.04166666666666665
        openrouter/google/gemini-3.5-flash:batch,0.75,4.5,0.075,0.04166666666666665
        openrouter/google/gemini-3.6-flash,0.75,3.75,0.075,0.0416666666666667
        openrouter/google/gemini-3.6-flash:batch,0.375,1.875,0.0375,0.0416666666666667
        openrouter/google/gemini-3.7-flash,0.75,3.75,0.075,0.0416666666666667
        openrouter/google/gemini-3.7-flash:batch,0.375,1.875,0.0375,0.0416666666666667
        openrouter/google/gemini-3.8-flash,0.75,3.75,0.075,0.041666666666666664
        openrouter/google/gemini-3.8-flash:batch,0.375,1.875,0.0375,0.0416666666666667
        openrouter/google/gemini-4-argon,2,10,0.1,0.1875
        openrouter/google/gemini-4-argon:batch,1,5,0.05,0.1875 openrouter/google/gemini-flash-1.5,0.075,0.3,,
        openrouter/google/gemini-flash-1.5-8b,0.0375,0.15,, openrouter/google/gemini-nano-banana-2.1,1.5,7.5,,
        openrouter/google/gemini-omni-1.2-flash,1.5,9,, openrouter/google/gemini-pro,0.5,1.5,,
        openrouter/google/gemma-2-27b-it,0.8,0.8,, openrouter/google/gemma-2-9b-it,0.07,0.07,,
        openrouter/google/gemma-3-12b-it,0.05,0.1,, openrouter/google/gemma-3-27b-it,0.1,0.2,,
        openrouter/google/gemma-3-4b-it,0.02,0.04,, openrouter/google/gemma-3n-e4b-it,0.06,0.12,,
        openrouter/google/gemma-4-26b-a4b-it,0.06,0.33,, openrouter/google/gemma-4-31b-it,0.12,0.36,0.09,
        openrouter/google/palm-2-chat-bison,1,2,, openrouter/google/palm-2-codechat-bison,1,2,,
        openrouter/gpt-4o:extended,6,18,, openrouter/grok-2-1212,2,10,, openrouter/grok-2-vision-1212,2,10,,
        openrouter/grok-3,3,15,0.75, openrouter/grok-3-mini,0.3,0.5,0.075, openrouter/grok-beta,5,15,,
        openrouter/grok-vision-beta,5,15,, openrouter/gryphe/mythomax-l2-13b,0.065,0.065,,
        openrouter/hermes-2-pro-llama-3-8b,0.025,0.04,,
        openrouter/ibm-granite/granite-4.0-h-micro,0.017,0.112,,
        openrouter/ibm-granite/granite-4.1-8b,0.05,0.1,,
        openrouter/ibm-granite/granite-4.2-8b,0.06,0.25,0.015, openrouter/inception/mercury-2,0.25,0.75,0.025,
        openrouter/inception/mercury-2.5,0.04,0.15,0.004, openrouter/inception/mercury-3,0.1,0.35,0.01,
        openrouter/inclusionai/ling-2.6-1t,0.075,0.625,0.015,
        openrouter/inclusionai/ling-2.6-flash,0.01,0.03,0.002,
        openrouter/inclusionai/ling-3.0-flash,0.021,0.063,0.0042,
        openrouter/inclusionai/ling-3.0-flash-vl,0.06,0.18,0.012,
        openrouter/inclusionai/ling-3.0-tiny,0.015,0.045,0.003,
        openrouter/inclusionai/ling-3.1-flash,0.075,0.225,0.015,
        openrouter/inclusionai/ring-2.6-1t,0.075,0.625,0.015,
        openrouter/inference-net/schematron-v2-small,0.05,0.23,,
        openrouter/inference-net/schematron-v2-turbo,0.03,0.15,,
        openrouter/infermatic/mn-inferor-12b,0.8,1.2,, openrouter/inflection/inflection-3-pi,2.5,10,,
        openrouter/inflection/inflection-3-productivity,2.5,10,,
        openrouter/jondurbin/airoboros-l2-70b,0.5,0.5,, openrouter/kwaipilot/kat-coder-pro-v2,0.3,1.2,0.06,
        openrouter/l3-euryale-70b,1.48,1.48,, openrouter/latitudegames/wayfarer-large-70b-llama-3.3,0.8,0.9,,
        openrouter/lfm-3b,0.02,0.02,, openrouter/lfm-40b,0.15,0.15,, openrouter/lfm-7b,0.01,0.01,,
        openrouter/liquid/lfm-2-24b-a2b,0.03,0.12,, openrouter/liquid/lfm-2.5-2.6b,0.35,0.5,0.04,
        openrouter/liquid/lfm-2.5-24b-a2b,0.05,0.7,0.025, openrouter/liquid/lfm-3-1.7b,0.08,0.2,0.02,
        openrouter/llama-3-lumimaid-70b,4,6,, openrouter/llama-3-lumimaid-8b,0.2,1.25,,
        openrouter/llama-3.1-405b,2,2,, openrouter/llama-3.1-405b-instruct,0.8,0.8,,
        openrouter/llama-3.1-lumimaid-70b,2.5,3,, openrouter/llama-3.1-lumimaid-8b,0.2,1.25,,
        openrouter/llama-3.1-nemotron-70b-instruct,0.12,0.3,,
        openrouter/llama-3.1-nemotron-ultra-253b-v1,0.6,1.8,,
        openrouter/llama-3.1-sonar-large-128k-online,1,1,,
        openrouter/llama-3.1-sonar-small-128k-online,0.2,0.2,,
        openrouter/llama-3.2-90b-vision-instruct,1.2,1.2,,
        openrouter/llama-3.3-nemotron-super-49b-v1,0.13,0.4,, openrouter/llama-guard-2-8b,0.2,0.2,,
        openrouter/llama3.1-typhoon2-70b-instruct,0.88,0.88,, openrouter/maestro-reasoning,0.9,3.3,,
        openrouter/magistral-medium-2506,2,5,, openrouter/magistral-small-2506,0.5,1.5,,
        openrouter/magnum-72b,4,6,, openrouter/mancer/weaver,1.125,1.125,,
        openrouter/meituan/longcat-2.0,0.3,1.2,0.006, openrouter/mercury-coder-small-beta,0.25,1,,
        openrouter/meta-llama/llama-2-13b-chat,0.22,0.22,, openrouter/meta-llama/llama-2-70b-chat,0.9,0.9,,
        openrouter/meta-llama/llama-3-70b-instruct,0.3,0.4,,
        openrouter/meta-llama/llama-3-8b-instruct,0.03,0.06,,
        openrouter/meta-llama/llama-3.1-70b-instruct,0.1,0.28,,
        openrouter/meta-llama/llama-3.1-8b-instruct,0.02,0.03,,
        openrouter/meta-llama/llama-3.2-11b-vision-instruct,0.049,0.049,,
        openrouter/meta-llama/llama-3.2-1b-instruct,0.005,0.01,,
        openrouter/meta-llama/llama-3.2-3b-instruct,0.01,0.02,,
        openrouter/meta-llama/llama-3.2-90b-vision-instruct,0.9,0.9,,
        openrouter/meta-llama/llama-3.3-70b-instruct,0.05,0.24,,
        openrouter/meta-llama/llama-4-maverick,0.15,0.6,, openrouter/meta-llama/llama-4-scout,0.08,0.3,,
        openrouter/meta-llama/llama-guard-3-8b,0.02,0.06,, openrouter/meta-llama/llama-guard-4-12b,0.05,0.05,,
        openrouter/meta/muse-glimmer-30b,0.3,1.2,0.04, openrouter/meta/muse-glimmer-30b:batch,0.24,0.96,0.032,
        openrouter/meta/muse-spark-1.1,1.25,4.25,0.15, openrouter/meta/muse-spark-1.2,1.25,4.25,0.15,
        openrouter/meta/muse-spark-1.2-contributor,0.1,0.2,0.002,
        openrouter/meta/muse-spark-1.3,1.25,4.25,0.15,
        openrouter/meta/muse-spark-1.3-contributor,0.1,0.2,0.002,
        openrouter/meta/muse-spark-open,1.25,4.25,0.15, openrouter/meta/muse-wonder,4,20,0.2,
        openrouter/microsoft/phi-3-medium-128k-instruct,1,1,,
        openrouter/microsoft/phi-3-mini-128k-instruct,0.1,0.1,,
        openrouter/microsoft/phi-3.5-mini-128k-instruct,0.1,0.1,, openrouter/microsoft/phi-4,0.07,0.14,,
        openrouter/microsoft/phi-4-mini-instruct,0.08,0.35,,
        openrouter/microsoft/phi-4-multimodal-instruct,0.05,0.1,,
        openrouter/microsoft/wizardlm-2-7b,0.07,0.07,, openrouter/microsoft/wizardlm-2-8x22b,0.5,0.5,,
        openrouter/midnight-rose-70b,0.8,0.8,, openrouter/minimax-m1:extended,0.55,2.2,,
        openrouter/minimax/minimax-01,0.2,1.1,, openrouter/minimax/minimax-m1,0.3,1.65,,
        openrouter/minimax/minimax-m2,0.255,1,0.03, openrouter/minimax/minimax-m2-her,0.3,1.2,0.03,
        openrouter/minimax/minimax-m2.1,0.29,0.95,0.03, openrouter/minimax/minimax-m2.5,0.15,0.9,0.05,
        openrouter/minimax/minimax-m2.7,0.27,1.08,0.054, openrouter/minimax/minimax-m3,0.3,1.2,0.06,
        openrouter/minimax/minimax-m3:batch,0.224,0.88,0.0448, openrouter/ministral-8b,0.1,0.1,,
        openrouter/mistral-7b-instruct,0.028,0.054,, openrouter/mistral-7b-instruct-v0.1,0.11,0.19,,
        openrouter/mistral-7b-instruct-v0.2,0.2,0.2,, openrouter/mistral-medium,2.75,8.1,,
        openrouter/mistral-small,0.2,0.6,, openrouter/mistral-tiny,0.25,0.25,,
        openrouter/mistralai/codestral-2501,0.3,0.9,,
        openrouter/mistralai/codestral-2508:batch,0.15,0.45,0.015,
        openrouter/mistralai/codestral-mamba,0.25,0.25,, openrouter/mistralai/devstral-2512,0.4,2,0.04,
        openrouter/mistralai/ministral-8b-2512:batch,0.075,0.075,0.0075,
        openrouter/mistralai/mistral-7b-instruct,0.029,0.059,,
        openrouter/mistralai/mistral-7b-instruct-v0.1,0.2,0.2,, openrouter/mistralai/mistral-large,2,6,,
        openrouter/mistralai/mistral-large-2512:batch,0.25,0.75,0.025,
        openrouter/mistralai/mistral-large-4-0,0.68,2.09,0.07, openrouter/mistralai/mistral-medium,2.75,8.1,,
        openrouter/mistralai/mistral-medium-3,0.4,2,, openrouter/mistralai/mistral-medium-3-5,1.5,7.5,,
        openrouter/mistralai/mistral-medium-3-5:batch,0.75,3.75,,
        openrouter/mistralai/mistral-medium-3.1,0.4,2,0.04,
        openrouter/mistralai/mistral-medium-3.1:batch,0.2,1,0.02,
        openrouter/mistralai/mistral-nemo,0.01,0.019,, openrouter/mistralai/mistral-saba,0.2,0.6,,
        openrouter/mistralai/mistral-small,0.2,0.6,,
        openrouter/mistralai/mistral-small-24b-instruct-2501,0.05,0.09,,
        openrouter/mistralai/mistral-small-2603:batch,0.075,0.3,0.0075,
        openrouter/mistralai/mistral-small-3.1-24b-instruct,0.05,0.15,,
        openrouter/mistralai/mistral-small-3.2-24b-instruct,0.075,0.2,,
        openrouter/mistralai/mistral-tiny,0.25,0.25,, openrouter/mistralai/mixtral-8x22b-instruct,0.9,0.9,,
        openrouter/mistralai/mixtral-8x7b-instruct,0.24,0.24,, openrouter/mistralai/pixtral-12b,0.1,0.1,,
        openrouter/mistralai/pixtral-large-2411,2,6,,
        openrouter/mistralai/voxtral-small-24b-2507,0.1,0.3,0.01, openrouter/mixtral-8x7b-instruct,0.08,0.24,,
        openrouter/mn-celeste-12b,0.8,1.2,, openrouter/moondream/moondream3-preview,0.3,2.5,,
        openrouter/moondream/moondream3.1-9b-a2b,0.3,2.5,, openrouter/moonshotai/kimi-k2,0.57,2.3,,
        openrouter/moonshotai/kimi-k2-0905,0.6,2.5,, openrouter/moonshotai/kimi-k2.5,0.4,1.9,0.09,
        openrouter/moonshotai/kimi-k2.6,0.68,3.41,0.34, openrouter/moonshotai/kimi-k2.7-code,0.75,3.5,0.16,
        openrouter/moonshotai/kimi-k3,3,15,0.3, openrouter/moonshotai/kimi-k3.1-pro,2,10,0.2,
        openrouter/moonshotai/kimi-k3:batch,2.28,11.4,0.228, openrouter/morph/morph-v3-fast,0.8,1.2,,
        openrouter/morph/morph-v3-fast:batch,0.4,0.6,, openrouter/morph/morph-v3-large,0.9,1.9,,
        openrouter/morph/morph-v3-large:batch,0.45,0.95,, openrouter/mythalion-13b,0.8,1.2,,
        openrouter/neversleep/llama-3-lumimaid-70b,3.375,4.5,,
        openrouter/neversleep/llama-3-lumimaid-8b,0.09375,0.75,,
        openrouter/neversleep/llama-3.1-lumimaid-70b,1.5,2.25,,
        openrouter/neversleep/llama-3.1-lumimaid-8b,0.09375,0.75,,
        openrouter/neversleep/noromaid-20b,0.75,1.5,, openrouter/nex-agi/nex-n2.5-mini,0.025,0.1,0.0025,
        openrouter/nex-agi/nex-n2.5-pro,0.075,0.25,0.015, openrouter/noromaid-20b,1.25,2,,
        openrouter/nous-hermes-2-mixtral-8x7b-dpo,0.6,0.6,,
        openrouter/nousresearch/hermes-3-llama-3.1-405b,0.7,0.8,,
        openrouter/nousresearch/hermes-3-llama-3.1-70b,0.12,0.3,, openrouter/nousresearch/hermes-4-405b,1,3,,
        openrouter/nousresearch/hermes-4-70b,0.13,0.4,,
        openrouter/nousresearch/nous-hermes-llama2-13b,0.18,0.18,,
        openrouter/nvidia/llama-3.3-nemotron-super-49b-v1.5,0.4,0.4,,
        openrouter/nvidia/nemotron-3-nano-30b-a3b,0.05,0.2,,
        openrouter/nvidia/nemotron-3-super-120b-a12b,0.09,0.45,,
        openrouter/nvidia/nemotron-3-ultra-550b-a55b,0.5,2.5,0.15,
        openrouter/nvidia/nemotron-3.5-content-safety,0.2,0.2,,
        openrouter/nvidia/nemotron-3.5-lightning,0.07,0.2,0.04,
        openrouter/nvidia/nemotron-3.5-super-vl,0.1,0.4,0.08,
        openrouter/nvidia/nemotron-nano-9b-v2,0.04,0.16,, openrouter/o1-mini,1.1,4.4,0.55,
        openrouter/openai/gpt-3.5-turbo-0613,1,2,, openrouter/openai/gpt-3.5-turbo:batch,0.25,0.75,,
        openrouter/openai/gpt-4-turbo:batch,5,15,, openrouter/openai/gpt-4.1-mini:batch,0.2,0.8,0.05,
        openrouter/openai/gpt-4.1-nano:batch,0.05,0.2,0.0125, openrouter/openai/gpt-4.1:batch,1,4,0.25,
        openrouter/openai/gpt-4.5-preview,75,150,, openrouter/openai/gpt-4o,2.5,10,,
        openrouter/openai/gpt-4o-mini-search-preview,0.15,0.6,,
        openrouter/openai/gpt-4o-mini:batch,0.075,0.3,0.0375, openrouter/openai/gpt-4o-search-preview,2.5,10,,
        openrouter/openai/gpt-4o:batch,1.25,5,0.625, openrouter/openai/gpt-5-image,10,10,1.25,
        openrouter/openai/gpt-5-image-mini,2.5,2,0.25, openrouter/openai/gpt-5-mini:batch,0.125,1,0.0125,
        openrouter/openai/gpt-5-nano,0.05,0.4,0.01, openrouter/openai/gpt-5-nano:batch,0.025,0.2,0.0025,
        openrouter/openai/gpt-5-pro:batch,7.5,60,, openrouter/openai/gpt-5.1,1.25,10,0.13,
        openrouter/openai/gpt-5.1:batch,0.625,5,0.0625, openrouter/openai/gpt-5.2-pro:batch,10.5,84,,
        openrouter/openai/gpt-5.2:batch,0.875,7,0.0875, openrouter/openai/gpt-5.3-chat,1.75,14,0.175,
        openrouter/openai/gpt-5.4-image-2,8,15,2, openrouter/openai/gpt-5.4-mini:batch,0.375,2.25,0.0375,
        openrouter/openai/gpt-5.4-nano:batch,0.1,0.625,0.01, openrouter/openai/gpt-5.4-pro:batch,15,90,,
        openrouter/openai/gpt-5.4:batch,1.25,7.5,0.125, openrouter/openai/gpt-5.5-pro:batch,15,90,,
        openrouter/openai/gpt-5.5:batch,2.5,15,0.25, openrouter/openai/gpt-5.6-luna-pro,0.2,1.2,0.02,0.25
        openrouter/openai/gpt-5.6-luna-pro:batch,0.1,0.6,0.01,0.125
        openrouter/openai/gpt-5.6-luna:batch,0.1,0.6,0.01,0.125 openrouter/openai/gpt-5.6-sol,2,10,0.2,2.5
        openrouter/openai/gpt-5.6-sol-pro,4,20,0.4,5 openrouter/openai/gpt-5.6-sol-pro:batch,2,10,0.2,2.5
        openrouter/openai/gpt-5.6-sol:batch,2,10,0.2,2.5 openrouter/openai/gpt-5.6-terra-pro,2,12,0.2,2.5
        openrouter/openai/gpt-5.6-terra-pro:batch,1,6,0.1,1.25
        openrouter/openai/gpt-5.6-terra:batch,1,6,0.1,1.25 openrouter/openai/gpt-5:batch,0.625,5,0.0625,
        openrouter/openai/gpt-6-astra-pro:batch,5,25,0.5,6.25
        openrouter/openai/gpt-6-astra:batch,5,25,0.5,6.25
        openrouter/openai/gpt-6-luna:batch,0.05,0.25,0.005,0.0625
        openrouter/openai/gpt-6-sol:batch,1,5,0.1,1.25 openrouter/openai/gpt-6.1-sol:batch,1,5,0.05,1.25
        openrouter/openai/gpt-6.1-terra-pro:batch,0.5,2.5,0.025,0.625
        openrouter/openai/gpt-6.1-terra:batch,0.5,2.5,0.025,0.625 openrouter/openai/gpt-oss-120b,0.039,0.18,,
        openrouter/openai/gpt-oss-120b:batch,0.0296,0.136,, openrouter/openai/gpt-oss-20b,0.029,0.14,,
        openrouter/openai/gpt-oss-20b:batch,0.024,0.112,, openrouter/openai/o1-mini,1.1,4.4,,
        openrouter/openai/o3-mini:batch,0.55,2.2,0.275, openrouter/openai/o3:batch,1,4,0.25,
        openrouter/openai/o4-mini:batch,0.55,2.2,0.1375, openrouter/openchat/openchat-7b,0.07,0.07,,
        openrouter/particle-ai/particle-1,0.05,0.5,0.003, openrouter/perceptron/perceptron-mk1,0.15,1.5,,
        openrouter/perceptron/perceptron-mk1.5,0.15,1.5,, openrouter/perplexity/pplx-decider-v1-27b,0.04,,,
        openrouter/perplexity/pplx-decider-v1.1-27b,0.02,,, openrouter/perplexity/r1-1776,2,8,,
        openrouter/perplexity/sonar,1,1,, openrouter/perplexity/sonar-deep-research,2,8,,
        openrouter/perplexity/sonar-pro,3,15,, openrouter/perplexity/sonar-pro-search,3,15,,
        openrouter/perplexity/sonar-reasoning,1,5,, openrouter/perplexity/sonar-reasoning-pro,2,8,,
        openrouter/phi-3-medium-128k-instruct,1,1,, openrouter/phi-3-mini-128k-instruct,0.1,0.1,,
        openrouter/phi-4-multimodal-instruct,0.05,0.1,, openrouter/phi-4-reasoning-plus,0.07,0.35,,
        openrouter/poolside/laguna-s-2.1,0.09,0.18,0.009, openrouter/poolside/laguna-xs-2.1,0.06,0.12,0.03,
        openrouter/prime-intellect/intellect-3,0.2,1.1,,
        openrouter/prism-ml/ternary-bonsai-2-27b,0.075,0.5,0.0375,
        openrouter/prism-ml/ternary-bonsai-2-9b,0.08,0.13,0.04,
        openrouter/pygmalionai/mythalion-13b,0.5625,1.125,, openrouter/qwen-2-72b-instruct,0.9,0.9,,
        openrouter/qwen-2.5-vl-7b-instruct,0.2,0.2,, openrouter/qwen-max,1.6,6.4,0.64,
        openrouter/qwen-turbo,0.05,0.2,0.02, openrouter/qwen-vl-max,0.8,3.2,,
        openrouter/qwen-vl-plus,0.21,0.63,, openrouter/qwen/qwen-2.5-72b-instruct,0.12,0.39,,
        openrouter/qwen/qwen-2.5-7b-instruct,0.04,0.1,,
        openrouter/qwen/qwen-2.5-coder-32b-instruct,0.06,0.15,,
        openrouter/qwen/qwen-2.5-vl-72b-instruct,0.6,0.6,, openrouter/qwen/qwen-max,1.6,6.4,,
        openrouter/qwen/qwen-plus,0.4,1.2,0.16, openrouter/qwen/qwen-plus-2025-07-28:thinking,0.26,0.78,,0.325
        openrouter/qwen/qwen-turbo,0.05,0.2,, openrouter/qwen/qwen2.5-coder-7b-instruct,0.2,0.2,,
        openrouter/qwen/qwen2.5-vl-32b-instruct,0.9,0.9,, openrouter/qwen/qwen2.5-vl-72b-instruct,0.7,0.7,,
        openrouter/qwen/qwen3-14b,0.06,0.24,, openrouter/qwen/qwen3-235b-a22b,0.13,0.6,,
        openrouter/qwen/qwen3-235b-a22b-2507,0.09,0.1,,
        openrouter/qwen/qwen3-235b-a22b-thinking-2507,0.1,0.1,, openrouter/qwen/qwen3-30b-a3b,0.08,0.29,,
        openrouter/qwen/qwen3-30b-a3b-instruct-2507,0.04815,0.19305,,
        openrouter/qwen/qwen3-30b-a3b-thinking-2507,0.08,0.4,, openrouter/qwen/qwen3-32b,0.1,0.3,,
        openrouter/qwen/qwen3-8b,0.035,0.138,, openrouter/qwen/qwen3-coder,0.22,1.8,,
        openrouter/qwen/qwen3-coder-30b-a3b-instruct,0.07,0.27,,
        openrouter/qwen/qwen3-coder-flash,0.195,0.975,0.039,0.24375
        openrouter/qwen/qwen3-coder-next,0.11,0.8,0.07, openrouter/qwen/qwen3-coder-plus,0.65,3.25,0.13,0.8125
        openrouter/qwen/qwen3-max,1.2,6,, openrouter/qwen/qwen3-max-thinking,0.78,3.9,,
        openrouter/qwen/qwen3-next-80b-a3b-instruct,0.09,1.1,,
        openrouter/qwen/qwen3-next-80b-a3b-thinking,0.0975,0.78,,
        openrouter/qwen/qwen3-vl-235b-a22b-instruct,0.2,0.88,0.11,
        openrouter/qwen/qwen3-vl-235b-a22b-thinking,0.26,2.6,,
        openrouter/qwen/qwen3-vl-30b-a3b-instruct,0.13,0.52,,
        openrouter/qwen/qwen3-vl-30b-a3b-thinking,0.13,1.56,,
        openrouter/qwen/qwen3-vl-32b-instruct,0.104,0.416,, openrouter/qwen/qwen3-vl-8b-instruct,0.08,0.5,,
        openrouter/qwen/qwen3-vl-8b-thinking,0.117,1.365,, openrouter/qwen/qwen3.5-122b-a10b,0.26,2.08,,
        openrouter/qwen/qwen3.5-27b,0.195,1.56,, openrouter/qwen/qwen3.5-35b-a3b,0.14,1,0.05,
        openrouter/qwen/qwen3.5-397b-a17b,0.39,2.34,, openrouter/qwen/qwen3.5-9b,0.1,0.15,,
        openrouter/qwen/qwen3.5-flash-02-23,0.065,0.26,, openrouter/qwen/qwen3.5-plus-02-15,0.4,2.4,,
        openrouter/qwen/qwen3.6-27b,0.289,2.4,, openrouter/qwen/qwen3.6-35b-a3b,0.14,1,,
        openrouter/qwen/qwen3.6-flash,0.1875,1.125,,0.234375
        openrouter/qwen/qwen3.6-max-preview,1.04,6.24,,1.3 openrouter/qwen/qwen3.6-plus,0.325,1.95,,0.40625
        openrouter/qwen/qwen3.7-flash,0.03,0.13,0.006,0.038 openrouter/qwen/qwen3.7-max,1.25,3.75,0.25,1.5625
        openrouter/qwen/qwen3.7-plus,0.4,1.6,0.08,0.5 openrouter/qwen/qwen3.7-plus:batch,0.23,0.92,,
        openrouter/qwen/qwen3.8-2.4t-a95b,2,6,0.25, openrouter/qwen/qwen3.8-27b,0.24,2.2,0.05,
        openrouter/qwen/qwen3.8-27b:batch,0.16,2,0.04,0.2 openrouter/qwen/qwen3.8-flash,0.15,0.47,0.016,
        openrouter/qwen/qwen3.8-max-0902,2,6,0.25, openrouter/qwen/qwen3.8-max-prime,4,12,0.5,
        openrouter/qwen/qwen3.8-omni-flash,0.15,0.47,0.016, openrouter/qwen/qwq-32b,0.15,0.2,,
        openrouter/qwen/qwq-32b-preview,0.2,0.2,, openrouter/raifle/sorcererlm-8x22b,4.5,4.5,,
        openrouter/reflection/beam-1.0-501b-a23b,1,3,0.1, openrouter/rekaai/reka-edge,0.1,0.1,,
        openrouter/rekaai/reka-flash-3,0.1,0.2,, openrouter/relace/relace-apply-3,0.85,1.25,,
        openrouter/relace/relace-search,1,3,, openrouter/ricursiveai/ripple-65b-preview,0.2,0.6,0.05,
        openrouter/sakana/fugu-max,2,6,0.25, openrouter/sakana/fugu-ultra,5,30,0.5,
        openrouter/sakana/sakana-namazu,0.95,4,0.15, openrouter/sao10k/l3-lunaris-8b,0.02,0.05,,
        openrouter/sao10k/l3.1-70b-hanami-x1,3,3,, openrouter/sao10k/l3.1-euryale-70b,0.7,0.8,,
        openrouter/sao10k/l3.3-euryale-70b,0.7,0.8,, openrouter/scaledown/extract,0.04,,,
        openrouter/scaledown/summarize,0.04,,, openrouter/scb10x/llama3.1-typhoon2-8b-instruct,0.18,0.18,,
        openrouter/spotlight,0.18,0.18,, openrouter/steelskull/l3.3-electra-r1-70b,0.7,0.95,,
        openrouter/stepfun/step-3.5-flash,0.09,0.3,0.02, openrouter/stepfun/step-3.7-flash,0.2,1.15,0.04,
        openrouter/stepfun/step-5-preview,1,2.7,0.1, openrouter/switchpoint/router,0.85,3.4,,
        openrouter/tencent/hunyuan-a13b-instruct,0.14,0.57,, openrouter/tencent/hy-mt2-1.8b,0.044,0.177,,
        openrouter/tencent/hy-mt2-30b-a3b,0.074,0.295,, openrouter/tencent/hy-mt2-7b,0.074,0.295,,
        openrouter/tencent/hy3-preview,0.063,0.21,0.021, openrouter/tencent/hy4,0.417,1.2505,0.021,
        openrouter/thedrummer/cydonia-24b-v4.1,0.3,0.5,0.15, openrouter/thedrummer/rocinante-12b,0.25,0.5,,
        openrouter/thedrummer/skyfall-36b-v2,0.5,0.8,, openrouter/thedrummer/unslopnemo-12b,0.5,0.5,,
        openrouter/thinkingmachines/inkling,1,4.05,0.17,
        openrouter/thinkingmachines/inkling-small,0.45,1.2,0.1,
        openrouter/thinkingmachines/inkling-small:batch,0.36,0.96,0.08, openrouter/toppy-m-7b,0.8,1.2,,
        openrouter/typesafe/jev-1.13,0.042,,, openrouter/typesafe/jev-1.14,0.042,,,
        openrouter/unbiased/pareto-26.10,0.8,3.2,0.03, openrouter/unbiased/pareto-26.9,2.5,7.5,0.25,
        openrouter/undi95/remm-slerp-l2-13b,0.8,1.2,, openrouter/undi95/toppy-m-7b,0.07,0.07,,
        openrouter/upstage/solar-mini4,0.05,0.2,0.005, openrouter/upstage/solar-pro-3,0.15,0.6,0.015,
        openrouter/upstage/solar-pro4,0.09,0.36,0.018, openrouter/valkyrie-49b-v1,0.5,0.8,,
        openrouter/virtuoso-medium-v2,0.5,0.8,, openrouter/writer/palmyra-x5,0.6,6,,
        openrouter/x-ai/grok-3-beta,3,15,, openrouter/x-ai/grok-3-mini-beta,0.3,0.5,,
        openrouter/x-ai/grok-4-fast,0.2,0.5,0.05, openrouter/x-ai/grok-4.20-multi-agent,2,6,0.2,
        openrouter/x-ai/grok-4.3:batch,1,2,0.16, openrouter/x-ai/grok-4.6:batch,1.6,4.8,0.4,
        openrouter/x-ai/grok-4.7:batch,1.6,4.8,0.4, openrouter/x-ai/grok-code-fast-1,0.2,1.5,0.02,
        openrouter/xiaomi/mimo-v2-flash,0.1,0.3,0.01, openrouter/xiaomi/mimo-v2.5,0.14,0.28,0.0028,
        openrouter/xiaomi/mimo-v2.5-pro,0.435,0.87,0.0036, openrouter/xiaomi/mimo-v2.6-flash,0.14,0.28,0.0028,
        openrouter/xiaomi/mimo-v2.6-pro,0.435,0.87,0.0036,
        openrouter/xiaomi/mimo-v2.6-pro-ultraspeed,4.35,8.7,0.036, openrouter/xwin-lm/xwin-lm-70b,3.75,3.75,,
        openrouter/z-ai/glm-4.5,0.6,2.2,0.11, openrouter/z-ai/glm-4.5-air,0.125,0.85,0.06,
        openrouter/z-ai/glm-4.5v,0.6,1.8,0.11, openrouter/z-ai/glm-4.6,0.43,1.74,0.08,
        openrouter/z-ai/glm-4.6v,0.3,0.9,0.05, openrouter/z-ai/glm-4.7,0.4,1.75,0.08,
        openrouter/z-ai/glm-4.7-flash,0.06,0.4,0.01, openrouter/z-ai/glm-5,0.6,1.92,0.12,
        openrouter/z-ai/glm-5-turbo,1.2,4,0.24, openrouter/z-ai/glm-5.1,0.98,3.08,0.182,
        openrouter/z-ai/glm-5.2,1.4,4.4,0.26, openrouter/z-ai/glm-5.2:batch,0.623,1.271,0.21,
        openrouter/z-ai/glm-5.3,1.4,4.4,0.26, openrouter/z-ai/glm-5.3-flash,0.075,0.25,0.015,
        openrouter/z-ai/glm-5.3-flash:batch,0.05,0.18,0.01, openrouter/z-ai/glm-5.3-flashx,0.37,1.25,0.09,
        openrouter/z-ai/glm-5.3-flashx-legal,0.37,1.25,0.075, openrouter/z-ai/glm-5.3-prime,2.8,8.8,0.56,
        openrouter/z-ai/glm-5.3:batch,0.45,2,0.1, openrouter/~anthropic/claude-fable-latest,10,50,1,12.5
        openrouter/~anthropic/claude-haiku-latest,1,5,0.1,1.25
        openrouter/~anthropic/claude-opus-latest,5,25,0.5,6.25
        openrouter/~anthropic/claude-sonnet-latest,3,15,0.3,3.75
        openrouter/~deepseek/deepseek-flash-latest,0.05,0.15,0.012,
        openrouter/~deepseek/deepseek-pro-latest,0.225,8,0.23,
        openrouter/~deepseek/deepseek-v4-flash-latest,0.0065,0.45,,
        openrouter/~google/gemini-flash-latest,1.5,9,0.15,0.08333333333333334
        openrouter/~google/gemini-pro-latest,2,12,0.2,0.375 openrouter/~moonshotai/kimi-latest,0.68,3.41,0.34,
        openrouter/~openai/gpt-astra-latest,10,50,1,12.5 openrouter/~openai/gpt-latest,5,30,0.5,
        openrouter/~openai/gpt-luna-latest,0.1,0.5,0.01,0.125
        openrouter/~openai/gpt-mini-latest,0.75,4.5,0.075, openrouter/~openai/gpt-sol-latest,2,10,0.1,2.5
        openrouter/~openai/gpt-terra-latest,2,12,0.2,2.5 openrouter/~unbiased/pareto-latest,0.8,3.2,0.03,
        openrouter/~x-ai/grok-latest,2,6,0.5, openrouter/~z-ai/glm-flash-latest,0.0392,0.2,0.006,
        openrouter/~z-ai/glm-latest,0.04,6,0.025, openrouter/qwen/qwen-plus-2025-07-28,0.26,0.78,,
        openrouter/qwen/qwen3.5-plus-20260420,0.3,1.8,,0.375
        """
}
