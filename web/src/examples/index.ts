import asItComes from './AsItComes.graphql?raw'
import favourites from './Favourites.graphql?raw'
import keep from './Keep.graphql?raw'
import keepVariables from './Keep.variables.json?raw'
import nearMe from './NearMe.graphql?raw'
import nearMeVariables from './NearMe.variables.json?raw'
import nextPage from './NextPage.graphql?raw'
import nextPageVariables from './NextPage.variables.json?raw'
import providers from './Providers.graphql?raw'
import signUp from './SignUp.graphql?raw'
import signUpVariables from './SignUp.variables.json?raw'
import venueAndItsNextEvents from './VenueAndItsNextEvents.graphql?raw'
import whatsOn from './WhatsOn.graphql?raw'

/** The tabs of a first visit, in order; GraphiQL shows the first. */
export const examples = [
  { query: whatsOn },
  { query: nearMe, variables: nearMeVariables },
  { query: venueAndItsNextEvents },
  { query: asItComes },
  { query: providers },
  { query: nextPage, variables: nextPageVariables },
  { query: signUp, variables: signUpVariables },
  { query: keep, variables: keepVariables },
  { query: favourites },
]
